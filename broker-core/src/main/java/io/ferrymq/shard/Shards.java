package io.ferrymq.shard;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.Message;
import io.ferrymq.snapshot.SnapshotFold;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** All shards of one broker and their threads. Immutable once started; any thread. */
public final class Shards implements Shard.Owners, Journal.Listener {
    /**
     * A commit goes from the shards it concerns to the one that writes it, and back; a global one by way of the coordinator, and
     * perhaps behind a prepare.
     */
    private static final int COMMIT_HOPS = 8;

    private static final long READ_TOGETHER_BYTES = 1 << 20;

    private final List<Shard> shards = new ArrayList<>();
    private final List<ShardThread> threads = new ArrayList<>();
    private final DurableDirectory durables = new DurableDirectory(this);
    private final DestinationIndex index;
    private final Consumer<Throwable> onFailure;
    private final AtomicLong sequences;
    private final Journal journal;

    /**
     * Recovers the journal into {@code count} shards, which do not run yet.
     *
     * @param onFailure told when the journal or a shard has failed and the broker can keep no more promises
     */
    public Shards(int count, Shard.Shared.Builder shared, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        Shard.Shared common = shared.build(this);
        this.sequences = common.sequences();
        this.index = common.index();
        this.journal = common.journal();
        for (int i = 0; i < count; i++) {
            shards.add(new Shard(common));
        }
    }

    /** Replays the journal; before {@link #start}, on the thread that starts the broker. */
    public Journal.Recovery recover() {
        List<Replay> replays = shards.stream().map(Shard::replay).toList();
        PreparedReplay prepared = new PreparedReplay(journal::release);
        Journal.Recovery recovery = journal.recover((lsn, record) -> {
            noteSequence(record);
            durables.replay(record);
            prepared.onRecord(lsn, record);
            if (record.type() == Record.Type.DELIVERIES_SUSPECTED) {
                replays.forEach(replay -> replay.onRecord(lsn, record));
            }
            if (record instanceof Record.ProducersSeen seen) {
                seen.marks().forEach(mark -> replays.get(indexOf(mark.queue())).onRecord(lsn, seen.of(mark)));
            }
            if (record instanceof Record.MessagesWaiting waiting
                    && waiting.backlog().isSubscription()) {
                share(waiting, replays);
                return;
            }
            destinationOf(record, name -> {
                if (name.isSubscription()) { // any shard may have a part of it
                    replays.forEach(replay -> replay.onRecord(lsn, record));
                } else {
                    replays.get(indexOf(name)).onRecord(lsn, record);
                }
            });
        });
        replays.forEach(replay -> replay.finish(recovery.stoppedCleanly()));
        prepared.finish(
                coordinator().coordinator(),
                name -> name.isSubscription() ? shards : List.of(ownerOf(name)),
                shard -> replays.get(shards.indexOf(shard)));
        List<Durables> durablesOfAll = shards.stream().map(Shard::durables).toList();
        durablesOfAll.forEach(one -> one.records().releaseUnneeded(durablesOfAll));
        if (recovery.records() > 0 && !recovery.stoppedCleanly()) {
            shards.get(0).suspectDelivered();
        }
        return recovery;
    }

    /** Of a subscription to topics of several shards each has the messages of its topics, which only the messages tell. */
    private void share(Record.MessagesWaiting waiting, List<Replay> replays) {
        List<Replay> concerned = replays.stream()
                .filter(replay -> replay.knows(waiting.backlog()))
                .toList();
        if (concerned.size() <= 1) {
            concerned.forEach(replay -> replay.onRecord(0, waiting));
            return;
        }
        for (int from = 0; from < waiting.lsns().length; ) {
            int to = from;
            for (long bytes = 0; to < waiting.lsns().length && bytes < READ_TOGETHER_BYTES; to++) {
                bytes += waiting.footprints()[to];
            }
            share(waiting.only(IntStream.range(from, to).toArray()), replays, concerned);
            from = to;
        }
    }

    private void share(Record.MessagesWaiting few, List<Replay> replays, List<Replay> concerned) {
        @Nullable Record[] records = journal.read(few.lsns());
        for (int i = 0; i < records.length; i++) {
            Message message = records[i] == null ? null : records[i].queued();
            Replay owner = message == null // damaged: told when somebody comes to it
                    ? concerned.get(0)
                    : replays.get(indexOf(message.destination()));
            owner.onRecord(0, few.only(new int[] {i}));
        }
    }

    /** Whether nothing was on its way when the shards stopped: else only the log has it all. */
    public boolean isIdle() {
        return shards.stream().allMatch(Shard::isIdle);
    }

    /** Tells a snapshot all there is, when the shards do not run any more. */
    public void tell(Journal.Visitor snapshot) {
        snapshot.onRecord(0, new Record.StoppedCleanly(sequences.get()));
        shards.forEach(shard -> snapshot.onRecord(0, shard.producersSeen()));
        shards.forEach(shard -> shard.tellNames(snapshot));
        shards.forEach(shard -> shard.tell(snapshot));
    }

    private void noteSequence(Record record) {
        sequences.accumulateAndGet(SnapshotFold.sequenceAfter(record), Math::max);
    }

    private static void destinationOf(Record record, Consumer<DestinationName> then) {
        switch (record.type()) {
            case MESSAGE_ADDED ->
                then.accept(((Record.MessageAdded) record).message().destination());
            case MESSAGES_REMOVED -> then.accept(((Record.MessagesRemoved) record).destination());
            case DELIVERIES_COUNTED -> then.accept(((Record.DeliveriesCounted) record).destination());
            case DESTINATION_ADDED -> then.accept(((Record.DestinationAdded) record).destination());
            case DESTINATION_REMOVED -> then.accept(((Record.DestinationRemoved) record).destination());
            case SUBSCRIPTION_ADDED -> then.accept(((Record.SubscriptionAdded) record).subscription());
            case SUBSCRIPTION_REMOVED -> then.accept(((Record.SubscriptionRemoved) record).subscription());
            case MESSAGE_MOVED ->
                then.accept(((Record.MessageMoved) record).message().destination());
            case MESSAGES_WAITING -> then.accept(((Record.MessagesWaiting) record).backlog());
            case STOPPED_CLEANLY, DELIVERIES_SUSPECTED, PRODUCERS_SEEN, TRANSACTION_PREPARED, TRANSACTION_RESOLVED -> {}
            case MESSAGE_SCHEDULED ->
                then.accept(((Record.MessageScheduled) record).message().destination());
            case SCHEDULES_ENDED -> then.accept(((Record.SchedulesEnded) record).destination());
        }
    }

    /** Starts the journal's writer; a test that runs the shards by hand calls this instead of {@link #start}. */
    public void startJournal() {
        journal.start(this);
        segmentStarted();
    }

    /** Starts the journal's writer and the shards' threads. */
    public void start(String brokerName) {
        startJournal();
        for (int i = 0; i < shards.size(); i++) {
            Shard shard = shards.get(i);
            Inbox inbox = shard.inbox();
            String name = "ferrymq-shard-" + brokerName + "-" + i;
            ShardThread thread = new ShardThread(shard, inbox.lease(), ShardThread.LONGEST_SLEEP_NS, name, onFailure);
            threads.add(thread);
            thread.start();
            inbox.servedBy(thread);
        }
    }

    /**
     * Waits until everything that was asked for has been applied and written; false if that took longer than {@code
     * timeoutMs}. Not on a shard or I/O thread.
     */
    public boolean drain(long timeoutMs) {
        shards.forEach(shard -> shard.inbox().put(new Command.WithSchedules(Schedules::stop)));
        for (int hop = 0; hop < COMMIT_HOPS; hop++) {
            if (!drainOnce(timeoutMs)) {
                return false;
            }
        }
        return true;
    }

    private boolean drainOnce(long timeoutMs) {
        CountDownLatch drained = new CountDownLatch(shards.size());
        shards.forEach(shard -> shard.inbox().put(new Command.Drain(drained::countDown)));
        try {
            return drained.await(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** For the end: messages that consumers give back from now on wait for the next start. */
    public void deliverNoMore() {
        shards.forEach(shard -> shard.inbox().put(new Command.DeliverNoMore()));
    }

    /** The sequence that the next message would get. */
    public long nextSequence() {
        return sequences.get();
    }

    /** Stops the threads where they are and waits for them. */
    public void stop() {
        threads.forEach(ShardThread::requestStop);
        threads.forEach(ShardThread::awaitEnd);
    }

    @Override
    public Shard ownerOf(DestinationName destination) {
        return shards.get(indexOf(destination));
    }

    private int indexOf(DestinationName destination) {
        // advisory topics share a shard, so that a consumer of several of them has one window
        return destination.isAdvisory() ? 0 : Math.floorMod(destination.hashCode() * 0x9E3779B9 >>> 7, shards.size());
    }

    /** The global transactions of the broker. */
    public GlobalTransactions globals() {
        return coordinator().globals();
    }

    /** The shard that is asked for steps of them; those about one transaction are done one after the other, in the order they were asked for. */
    public Shard coordinator() {
        return shards.get(0);
    }

    @Override
    public List<Shard> all() {
        return shards;
    }

    /** The shards that have, or will have, a part of a durable subscription: its home, and those with topics of it. */
    public List<Shard> concernedBy(DurableSpec durable) {
        Set<Shard> concerned = new LinkedHashSet<>();
        concerned.add(ownerOf(durable.home()));
        for (DestinationName topic : durable.topics().members()) {
            if (DestinationPattern.isPattern(topic)) {
                concerned.addAll(shards);
            } else {
                concerned.add(ownerOf(topic));
            }
        }
        return List.copyOf(concerned);
    }

    /** The durable subscriptions there are. */
    public DurableDirectory durables() {
        return durables;
    }

    /** The destinations there are. */
    public DestinationIndex index() {
        return index;
    }

    /** All but one have it done by their threads at the same time. */
    @Override
    public void durable(long position, BooleanSupplier idle) {
        Inbox last = null;
        for (int i = 0; i < shards.size(); i++) {
            if (shards.get(i).awaitsJournal()) {
                if (last != null) {
                    last.wake();
                }
                last = shards.get(i).inbox();
            }
        }
        if (last != null) {
            last.journalMoved(idle);
        }
    }

    @Override
    public void segmentStarted() {
        shards.forEach(shard -> shard.inbox().put(new Command.SegmentStarted()));
    }

    @Override
    public void makeRoom(long upTo) {
        shards.forEach(shard -> shard.inbox().put(new Command.MakeRoom(upTo)));
    }

    @Override
    public void failed(Throwable cause) {
        shards.forEach(shard -> shard.inbox().put(new Command.JournalFailed()));
        onFailure.accept(cause);
    }
}
