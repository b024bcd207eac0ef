package io.ferrymq.shard;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.shard.Command.DestinationCount;
import io.ferrymq.time.Clock;
import io.ferrymq.time.Timers;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Owns destinations and everything in them: one thread at a time (or one test) calls {@link #doWork} again and again, and nothing else
 * touches what a shard owns. Others ask through its {@link Inbox}.
 */
public final class Shard implements ShardThread.Work {
    private static final int COMMANDS_PER_CYCLE = 256;
    private static final int ACTIONS_PER_CYCLE = 1024;
    /** How often to look for memory or journal space that another thread may have freed. */
    private static final long POLL_NS = 5_000_000;

    private final Inbox inbox;
    private final ShardContext context;
    private final Destinations destinations;
    private final Settlement settlement;
    private final Sending sending;
    private final Transactions transactions;
    private final Schedules schedules;
    /** Used in one shard of a broker only. */
    private final GlobalTransactions globals;

    private final Coordinator coordinator;
    private final BodyReader bodies;
    private final Relocation relocation;

    /** What all shards of a broker share. */
    public record Shared(
            Clock clock,
            Limits limits,
            MemoryBudget budget,
            AtomicLong sequences,
            DestinationIndex index,
            Journal journal,
            Executor reading,
            DestinationPolicies policies,
            BrokerEvents events,
            PropertyFormat properties,
            NoSpace noSpace,
            Owners owners) {

        /** All but the owners, who are known last. */
        public interface Builder {
            Shared build(Owners owners);
        }
    }

    /** Tells which shard owns a destination. Any thread. */
    public interface Owners {
        Shard ownerOf(DestinationName destination);

        List<Shard> all();
    }

    public Shard(Shared shared) {
        this.inbox = new Inbox();
        this.context = new ShardContext(
                shared.clock(),
                new Timers(shared.clock()),
                shared.limits(),
                shared.budget(),
                shared.sequences(),
                new JournalOutlet(shared.journal()),
                shared.policies(),
                shared.events(),
                shared.properties(),
                shared.noSpace());
        this.bodies = new BodyReader(shared.journal(), shared.reading(), inbox);
        this.settlement =
                new Settlement(context, bodies, additions -> adopted(additions, shared.owners()), this::topicsOf);
        this.destinations = new Destinations(context, settlement, shared.index(), new Home(this, shared.owners()));
        this.schedules = new Schedules(context, inbox, bodies);
        this.sending = new Sending(context, destinations, schedules);
        this.transactions = new Transactions(this, context, destinations, sending, settlement, schedules);
        this.globals = new GlobalTransactions();
        this.coordinator = new Coordinator(this, context, transactions, globals);
        this.relocation = new Relocation(context, destinations, settlement, bodies);
        new Upkeep(context, destinations, () -> makeRoom(relocation.upTo())).schedule();
    }

    /** Where others put their commands. */
    public Inbox inbox() {
        return inbox;
    }

    /** One turn: a bounded amount of each kind of work; returns how much there was. */
    @Override
    public int doWork() {
        int work = 0;
        work += context.outlet().drainDurable(ACTIONS_PER_CYCLE);
        work += sending.releaseHeld(COMMANDS_PER_CYCLE);
        work += drainInbox();
        work += context.timers().fireDue(COMMANDS_PER_CYCLE);
        work += settlement.sweep();
        work += settlement.read();
        work += schedules.fireDue();
        work += context.outlet().flush();
        return work;
    }

    @Override
    public void wakeJournal() {
        context.outlet().wakeJournal();
    }

    @Override
    public long untilNextWorkNs() {
        long timerNs = Math.min(context.timers().untilNextNs(), schedules.untilNextNs());
        boolean waiting = sending.isHolding() || settlement.isReadWaiting();
        return waiting || context.outlet().isCongested() ? Math.min(timerNs, POLL_NS) : timerNs;
    }

    /** Any thread: something of this shard is on its way to the disk. */
    boolean awaitsJournal() {
        return context.outlet().awaitsJournal();
    }

    private int drainInbox() {
        int done = 0;
        while (done < COMMANDS_PER_CYCLE && !context.outlet().isCongested()) {
            @Nullable Command command = inbox.poll();
            if (command == null) {
                break;
            }
            onCommand(command);
            done++;
        }
        return done;
    }

    private static void onResume(Command.Resume resume) {
        resume.subscription().resume();
        resume.then().run();
    }

    private void onCommand(Command command) {
        switch (command.kind()) {
            case SEND -> onSend((Command.Send) command);
            case SEND_IN_TRANSACTION -> transactions.send((Command.SendInTransaction) command);
            case ACKNOWLEDGE -> onAcknowledge((Command.Acknowledge) command);
            case ACKNOWLEDGE_IN_TRANSACTION -> transactions.acknowledge((Command.AcknowledgeInTransaction) command);
            case PULL -> onPull((Command.Pull) command);
            case PULL_FROM_ALL -> onPullFromAll((Command.PullFromAll) command);
            case SUBSCRIBE -> onSubscribe((Command.Subscribe) command);
            case UNSUBSCRIBE -> onUnsubscribe((Command.Unsubscribe) command);
            case CHANGE_PREFETCH -> onChangePrefetch((Command.ChangePrefetch) command);
            case RESUME -> onResume((Command.Resume) command);
            case COMMIT -> onCommit((Command.CommitHere) command);
            case YIELD_PART -> onYieldPart((Command.YieldPart) command);
            case GATHER -> transactions.gather(((Command.Gather) command).commit(), ((Command.Gather) command).share());
            case APPLY_SHARE -> onApplyShare((Command.ApplyShare) command);
            case UNDO_SHARE ->
                transactions.undo(((Command.UndoShare) command).share(), ((Command.UndoShare) command).why());
            case ROLLBACK -> onRollback((Command.Rollback) command);
            case ADOPT -> onAdopt(((Command.Adopt) command).additions());
            case ADD_DESTINATION -> onAddDestination((Command.AddDestination) command);
            case REQUIRE_DESTINATION -> onRequireDestination((Command.RequireDestination) command);
            case REMOVE_DESTINATION -> onRemoveDestination((Command.RemoveDestination) command);
            case REMOVE_SUBSCRIPTION -> onRemoveSubscription((Command.RemoveSubscription) command);
            case DISOWN -> onDisown((Command.Disown) command);
            case SEGMENT_STARTED -> onSegmentStarted();
            case MAKE_ROOM -> makeRoom(((Command.MakeRoom) command).upTo());
            case BODIES_READ -> ((Command.BodiesRead) command).then().run();
            case INSPECT -> onInspect((Command.Inspect) command);
            case DELIVER_NO_MORE -> settlement.deliverNoMore();
            case DRAIN -> context.outlet().whenIdle(((Command.Drain) command).whenDrained());
            case JOURNAL_FAILED -> context.outlet().fail();
            case JOIN_TRANSACTION -> transactions.join((Command.JoinTransaction) command);
            case WITH_SCHEDULES -> ((Command.WithSchedules) command).action().accept(schedules);
            case WITH_DURABLES -> ((Command.WithDurables) command).action().accept(destinations.durables());
            case ADVANCE -> coordinator.advance((Command.Advance) command);
            case LIST_PREPARED -> coordinator.list(((Command.ListPrepared) command).reader());
        }
    }

    private void onSend(Command.Send send) {
        sending.send(send.message(), send.mayBeDuplicate(), send.receipt());
    }

    private void onAcknowledge(Command.Acknowledge acknowledge) {
        Subscription subscription = acknowledge.subscription();
        subscription.answer(subscription.acknowledge(acknowledge.range()), acknowledge.receipt());
    }

    private void onPull(Command.Pull pull) {
        pull.subscription().pull(pull.timeoutMs(), context.timers());
    }

    private void onPullFromAll(Command.PullFromAll pull) {
        Subscription subscription = pull.parts().get(pull.next()).subscription();
        subscription.resume();
        int next = pull.next() + 1;
        if (next < pull.parts().size()) {
            Command further = new Command.PullFromAll(pull.parts(), next, pull.pull(), pull.timeoutMs());
            subscription.whenLooked(() -> pull.parts().get(next).shard().inbox.put(further));
        } else {
            subscription.awaitPull(pull.pull(), pull.timeoutMs(), context.timers());
        }
    }

    private void onRemoveSubscription(Command.RemoveSubscription remove) {
        destinations.durables().remove(remove.subscription(), remove.change(), remove.receipt());
    }

    private List<DestinationName> topicsOf(DestinationName subscription) {
        return destinations.durables().topicsOf(subscription);
    }

    /** A browser looks once, so it also has to see what was sent before it and is on its way to the disk. */
    private void onSubscribe(Command.Subscribe subscribe) {
        Subscription subscription = subscribe.subscription();
        if (subscription instanceof BrowserSubscription) {
            context.outlet().afterParked(lsn -> subscription.start(destinations, subscribe.receipt()));
        } else {
            subscription.start(destinations, subscribe.receipt());
        }
    }

    private void onUnsubscribe(Command.Unsubscribe unsubscribe) {
        unsubscribe.subscription().end(unsubscribe.last());
        unsubscribe.receipt().done();
    }

    private void onChangePrefetch(Command.ChangePrefetch change) {
        change.subscription().changePrefetch(change.prefetch());
    }

    private void onCommit(Command.CommitHere command) {
        transactions.gather(command.commit(), transactions.yield(command.transaction(), command.commit()));
    }

    private void onYieldPart(Command.YieldPart command) {
        Commit.Share share = transactions.yield(command.transaction(), command.commit());
        if (command.gatherer() == this) {
            transactions.gather(command.commit(), share);
        } else {
            command.gatherer().inbox.put(new Command.Gather(command.commit(), share));
        }
    }

    private void onApplyShare(Command.ApplyShare command) {
        transactions.apply(command.share(), command.receipt());
    }

    private void onRollback(Command.Rollback rollback) {
        transactions.rollback(rollback.transaction());
        rollback.receipt().done();
    }

    private void onSegmentStarted() {
        destinations.appendMissing();
        destinations.durables().records().appendAgain();
    }

    /** What has a record up to this one gets a new one, so that the oldest segment of the journal can go. */
    private void makeRoom(long upTo) {
        relocation.begin(upTo);
        destinations.appendAgain(upTo);
        schedules.appendAgain(upTo);
        coordinator.appendAgain(upTo);
        destinations.durables().records().releaseUnneeded(relocation.upTo());
    }

    private void onAdopt(List<Settlement.Addition> additions) {
        for (Settlement.Addition addition : additions) {
            Destination destination = destinations.adopt(addition.message().destination());
            if (destination.isNewerThan(addition.lsn())) {
                adoptAgain(addition, destination);
            } else {
                arrive(addition, addition.lsn(), destination);
            }
        }
    }

    /** Its queue was removed meanwhile, and in the journal the removal is behind the message: so the message gets another record. */
    private void adoptAgain(Settlement.Addition addition, Destination destination) {
        Record again = new Record.MessageMoved(
                addition.sequence(), addition.message(), List.of(destination.name()), new int[] {0});
        destination.parkedMessages++;
        context.outlet().appendAndPark(List.of(again), lsn -> {
            destination.parkedMessages--;
            context.outlet().release(addition.lsn());
            arrive(addition, lsn, destination);
        });
    }

    private void arrive(Settlement.Addition addition, long lsn, Destination destination) {
        destinations.arrive(destination, new QueueEntry(addition.message(), addition.sequence(), lsn, 0));
    }

    private void onAddDestination(Command.AddDestination add) {
        Destination destination = destinations.create(add.destination());
        if (destination == null) {
            add.receipt().refused(destinations.tooMany(add.destination()));
        } else {
            destination.owner = add.owner();
            add.receipt().done();
        }
    }

    private void onRequireDestination(Command.RequireDestination require) {
        if (destinations.findOrCreate(require.destination()) == null) {
            require.receipt().refused(destinations.missing(require.destination()));
        } else {
            require.receipt().done();
        }
    }

    /** At once: an answer that waited would let the destination be added again, and then take that one away. */
    private void onRemoveDestination(Command.RemoveDestination remove) {
        Destination destination = destinations.find(remove.destination());
        if (destination != null && !remove.force() && destination.isInUse()) {
            remove.receipt()
                    .refused(new Refusal(
                            Refusal.Code.DESTINATION_IN_USE,
                            "Destination: " + destination.name() + " still has an active subscription: "
                                    + destination.oldestUser() + ", consumers=" + destination.consumerCount()));
            return;
        }
        if (destination != null) {
            destinations.remove(destination);
        }
        remove.receipt().done();
    }

    private void onDisown(Command.Disown disown) {
        Destination destination = destinations.find(disown.destination());
        if (destination != null && destination.owner == disown.owner()) {
            destinations.remove(destination);
        }
        disown.receipt().done();
    }

    private void onInspect(Command.Inspect inspect) {
        inspect.reader().accept(destinations.all().stream().map(Shard::count).toList());
    }

    private static DestinationCount count(Destination destination) {
        long messages = destination.name().isQueue() ? destination.queue().size() : 0;
        return new DestinationCount(destination.name(), messages, destination.consumerCount());
    }

    /** A commit's share takes effect: here at once, elsewhere by command. Runs on {@code caller}. */
    void apply(Commit.Share share, Receipt receipt, Shard caller) {
        if (caller == this) {
            transactions.apply(share, receipt);
        } else {
            inbox.put(new Command.ApplyShare(share, receipt));
        }
    }

    /** A commit's share is undone, likewise. */
    void undo(Commit.Share share, Refusal why, Shard caller) {
        if (caller == this) {
            transactions.undo(share, why);
        } else {
            inbox.put(new Command.UndoShare(share, why));
        }
    }

    private void adopted(List<Settlement.Addition> additions, Owners owners) {
        for (Settlement.Addition addition : additions) {
            Shard owner = owners.ownerOf(addition.message().destination());
            if (owner == this) {
                onAdopt(List.of(addition));
            } else {
                owner.inbox.put(new Command.Adopt(List.of(addition)));
            }
        }
    }

    /** Whether everything that was asked for has taken effect; when it does not run any more. */
    boolean isIdle() {
        return inbox.isEmpty() && context.outlet().isIdle() && !sending.isHolding() && settlement.isIdle();
    }

    /** Tells a snapshot which destinations and subscriptions there are, when it does not run any more. */
    void tellNames(Journal.Visitor snapshot) {
        destinations.tellNames(snapshot);
    }

    /** Likewise, after the names of all shards, what they have. */
    void tell(Journal.Visitor snapshot) {
        destinations.tell(snapshot);
        schedules.tell(snapshot);
        coordinator.tell(snapshot);
    }

    /** Likewise the producers of its queues. */
    Record.ProducersSeen producersSeen() {
        return sending.audit().seen();
    }

    /** The broker has crashed: one record says so for all messages there are. */
    void suspectDelivered() {
        context.outlet().append(new Record.DeliveriesSuspected(), null);
    }

    /** For recovery, before the shard runs. */
    Replay replay() {
        return new Replay(destinations, schedules.jobs(), sending.audit(), context, settlement, transactions, bodies);
    }

    Durables durables() {
        return destinations.durables();
    }

    /** Decides global transactions; there is one in use in a broker, that of its first shard. */
    Coordinator coordinator() {
        return coordinator;
    }

    GlobalTransactions globals() {
        return globals;
    }
}
