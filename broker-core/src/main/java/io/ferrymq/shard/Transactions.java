package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.shard.Settlement.Addition;
import io.ferrymq.transaction.TransactionPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The open transactions of one shard, which owns them, and what commits them: the gathering shard writes one journal entry for
 * all parts; when it is durable each part takes effect in its own shard.
 */
final class Transactions {
    private final Shard shard;
    private final ShardContext context;
    private final Destinations destinations;
    private final Sending sending;
    private final Settlement settlement;
    private final Schedules schedules;
    private final Map<OpenTransaction, TransactionPart> open = new HashMap<>();
    private final CompositesUnderWay composites = new CompositesUnderWay();

    Transactions(
            Shard shard,
            ShardContext context,
            Destinations destinations,
            Sending sending,
            Settlement settlement,
            Schedules schedules) {
        this.schedules = schedules;
        this.shard = shard;
        this.context = context;
        this.destinations = destinations;
        this.sending = sending;
        this.settlement = settlement;
    }

    void send(Command.SendInTransaction send) {
        if (send.transaction().isEndedIn(shard)) {
            send.receipt().refused(send.transaction().tooLate());
            return;
        }
        TransactionPart part = part(send.transaction());
        Message message = send.message();
        if (send.mayBeDuplicate() && message.persistent() && isKnown(message, send.receipt())) {
            return; // what was accepted before needs no room, and must not be refused now
        }
        Optional<Refusal> impossible = impossible(message);
        if (impossible.isPresent()) {
            part.fail(impossible.get());
            send.receipt().refused(impossible.get());
            return;
        }
        if (!send.waitsForMemory() && context.budget().isOverdrawn()) {
            Refusal refusal = overdrawn();
            part.fail(refusal);
            send.receipt().refused(refusal);
            return;
        }
        Optional<Refusal> noMemory =
                send.waitsForMemory() ? sending.refusalWithinMemory(message.destination()) : Optional.empty();
        if (noMemory.isPresent()) {
            part.fail(noMemory.get());
            send.receipt().refused(noMemory.get());
            return;
        }
        add(message, part, send.waitsForMemory());
        if (send.waitsForMemory()) {
            sending.answerWithinMemory(message.destination(), send.receipt());
        } else {
            send.receipt().done();
        }
    }

    /** It came before the failover: then it is answered, or will be. */
    private boolean isKnown(Message message, Receipt receipt) {
        if (composites.await(message, receipt)) {
            return true;
        }
        boolean known = sending.audit().isDuplicate(message);
        if (known) {
            receipt.done();
        }
        return known;
    }

    private void add(Message message, TransactionPart part, boolean composite) {
        context.budget().take(message.footprintBytes());
        part.send(message);
        if (composite && message.persistent()) {
            composites.begin(message);
        }
    }

    private Optional<Refusal> impossible(Message message) {
        if (message.isScheduled()) {
            return Timetable.check(message); // its destination matters when it is due
        }
        return destinations.findOrCreate(message.destination()) == null
                ? Optional.of(destinations.missing(message.destination()))
                : Optional.empty();
    }

    void join(Command.JoinTransaction join) {
        part(join.transaction()).changes().add(join.change());
    }

    private Refusal overdrawn() {
        return new Refusal(
                Refusal.Code.RESOURCE_LIMIT,
                "memory limit reached in a transaction: used="
                        + context.budget().usedBytes() + ", limit="
                        + context.budget().limitBytes() + "; consume, or raise limits.memoryBytes");
    }

    void acknowledge(Command.AcknowledgeInTransaction acknowledge) {
        AckRange range = acknowledge.range();
        if (acknowledge.transaction().isEndedIn(shard)) {
            acknowledge.receipt().refused(acknowledge.transaction().tooLate());
            return;
        }
        TransactionPart part = part(acknowledge.transaction());
        Optional<Refusal> refusal = acknowledge.subscription().acknowledge(range, part);
        refusal.ifPresent(part::fail);
        acknowledge.subscription().answer(refusal, acknowledge.receipt());
    }

    /** Where a transaction's work in this shard is collected. */
    TransactionPart part(OpenTransaction transaction) {
        return open.computeIfAbsent(transaction, any -> new TransactionPart());
    }

    /** This shard's share of a commit or a prepare. */
    Commit.Share yield(OpenTransaction transaction, Commit commit) {
        transaction.endIn(shard);
        return commit.isPrepare() ? show(transaction) : take(transaction, commit);
    }

    /** The part stays here, and does not change any more. */
    private Commit.Share show(OpenTransaction transaction) {
        TransactionPart part = part(transaction);
        for (Message message : part.sends()) {
            boolean named = !message.isScheduled() && !message.destination().isTemporary();
            if (named && destinations.findOrCreate(message.destination()) == null) {
                part.fail(destinations.missing(message.destination()));
            }
        }
        return new Commit.Share(shard, part);
    }

    /** Takes this shard's part out: from now on it belongs to the commit. */
    private Commit.Share take(OpenTransaction transaction, Commit commit) {
        TransactionPart part = open.remove(transaction);
        Commit.Share share = new Commit.Share(shard, part == null ? new TransactionPart() : part);
        share.part.acknowledged().forEach(Queue::committing);
        for (Message message : share.part.sends()) {
            if (!context.outlet().isSpaceLow()) {
                sending.letGoBefore(message);
            }
            Destination target = message.isScheduled() ? null : target(message.destination(), commit);
            if (target != null) {
                target.parkedMessages++;
            } else if (message.isScheduled()) {
                share.part.changes().add(schedules.change(message));
            } else if (!message.destination().isTemporary()) {
                share.part.fail(destinations.missing(message.destination()));
            }
            share.journaled.set(share.targets.size(), message.persistent() && target != null && target.keepsMessages());
            share.targets.add(target);
        }
        return share;
    }

    /** What was promised when it was prepared is kept, however many destinations there are by now. */
    private @Nullable Destination target(DestinationName name, Commit commit) {
        return commit.isPromised() && !name.isTemporary() ? destinations.adopt(name) : destinations.findOrCreate(name);
    }

    void gather(Commit commit, Commit.Share share) {
        commit.add(share);
        if (commit.isComplete()) {
            conclude(commit);
        }
    }

    /** All shares are there. */
    void conclude(Commit commit) {
        Optional<Refusal> failure = commit.firstFailure();
        if (failure.isPresent() && !commit.isPrepare()) {
            undo(commit, failure.get().rolledBack());
        } else if (failure.isEmpty() && commit.addsMessages()) {
            sending.writeWithinSpace(() -> write(commit), Receipt.of(() -> {}, refusal -> notWritten(commit, refusal)));
        } else {
            write(commit);
        }
    }

    private void notWritten(Commit commit, Refusal refusal) {
        if (commit.isPrepare()) {
            commit.shares().get(0).part.fail(refusal);
            commit.gathered();
        } else {
            undo(commit, refusal);
        }
    }

    private void undo(Commit commit, Refusal refusal) {
        commit.shares().forEach(one -> one.owner.undo(one, refusal, shard));
        commit.refused(refusal);
    }

    private void write(Commit commit) {
        if (commit.isPrepare()) {
            commit.gathered();
            return;
        }
        List<Record> records = new ArrayList<>();
        for (Commit.Share share : commit.shares()) {
            for (Message message : share.part.sends()) {
                if (share.owner == shard) {
                    sending.letGoBefore(message); // the commit may have waited for the disk
                }
                long sequence = context.nextSequence();
                long offset = share.journaled.get(share.additions.size()) ? records.size() : -1;
                share.additions.add(new Addition(message, sequence, offset));
                if (offset >= 0) {
                    records.add(new Record.MessageAdded(sequence, message));
                }
            }
            share.changesAt = records.size();
            share.part.changes().forEach(change -> records.add(change.record()));
            share.part.acknowledged().forEach((queue, entries) -> addRemoval(records, queue, entries));
        }
        records.addAll(commit.resolution());
        if (records.isEmpty()) {
            context.outlet().afterParked(lsn -> applyAll(commit, 0));
        } else {
            context.outlet().appendAndPark(records, firstLsn -> applyAll(commit, firstLsn));
        }
    }

    static void addRemoval(List<? super Record.MessagesRemoved> records, Queue queue, List<QueueEntry> entries) {
        long[] sequences = entries.stream()
                .filter(QueueEntry::isJournaled)
                .mapToLong(QueueEntry::sequence)
                .toArray();
        if (sequences.length > 0) {
            records.add(new Record.MessagesRemoved(queue.name(), sequences));
        }
    }

    private void applyAll(Commit commit, long firstLsn) {
        commit.durable();
        Join join = new Join(commit.shares().size() + 1, commit.receipt());
        for (Commit.Share share : commit.shares()) {
            share.additions.replaceAll(addition -> new Addition(
                    addition.message(), addition.sequence(), addition.lsn() < 0 ? 0 : firstLsn + addition.lsn()));
            share.changesAt += firstLsn;
            share.owner.apply(share, join, shard);
        }
        join.done();
    }

    /** The commit is durable. */
    void apply(Commit.Share share, Receipt receipt) {
        share.part.acknowledged().forEach((queue, entries) -> {
            List<QueueEntry> consumed = queue.commit(entries);
            settlement.consumed(queue, consumed);
            settlement.forgotten(queue.name(), consumed);
        });
        for (int i = 0; i < share.additions.size(); i++) {
            appear(share.additions.get(i), share.targets.get(i));
        }
        for (int i = 0; i < share.part.changes().size(); i++) {
            share.part.changes().get(i).apply(share.changesAt + i);
        }
        receipt.done();
    }

    private void appear(Addition addition, @Nullable Destination target) {
        Message message = addition.message();
        composites.end(message, Receipt::done);
        if (message.isScheduled()) {
            sending.audit().seen(message); // its change has the rest
            return;
        }
        if (target == null) {
            context.budget().give(message.footprintBytes()); // a temporary destination that went away meanwhile
            return;
        }
        target.parkedMessages--;
        if (message.persistent()) {
            sending.audit().seen(message);
        }
        destinations.arrive(target, new QueueEntry(message, addition.sequence(), addition.lsn(), 0));
    }

    /** The commit was refused. */
    void undo(Commit.Share share, Refusal why) {
        for (Destination target : share.targets) {
            if (target != null) {
                target.parkedMessages--;
            }
        }
        undo(share.part, why);
    }

    void rollback(OpenTransaction transaction) {
        transaction.endIn(shard);
        TransactionPart part = open.remove(transaction);
        if (part != null) {
            undo(part, new Refusal(Refusal.Code.TRANSACTION, "rolled back before it was stored"));
        }
    }

    private void undo(TransactionPart part, Refusal why) {
        for (Message message : part.sends()) {
            context.budget().give(message.footprintBytes());
            composites.end(message, repeat -> repeat.refused(why));
        }
        part.acknowledged().forEach(Queue::rollback);
    }
}
