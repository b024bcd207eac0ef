package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.Message;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.shard.Settlement.Addition;
import io.ferrymq.transaction.TransactionId;
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
    private record Key(long client, TransactionId transaction) {}

    private final Shard shard;
    private final ShardContext context;
    private final Destinations destinations;
    private final Sending sending;
    private final Settlement settlement;
    private final Schedules schedules;
    private final Map<Key, TransactionPart> open = new HashMap<>();

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
        TransactionPart part = part(send.client(), send.transaction());
        Message message = send.message();
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
        boolean duplicate =
                send.mayBeDuplicate() && message.persistent() && sending.audit().isDuplicate(message);
        if (!duplicate) {
            context.budget().take(message.footprintBytes());
            part.send(message);
        }
        if (send.waitsForMemory()) {
            sending.answerWithinMemory(message.destination(), send.receipt());
        } else {
            send.receipt().done();
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
        part(join.client(), join.transaction()).changes().add(join.change());
    }

    private Refusal overdrawn() {
        return new Refusal(
                Refusal.Code.RESOURCE_LIMIT,
                "memory limit reached in a transaction: used="
                        + context.budget().usedBytes() + ", limit="
                        + context.budget().limitBytes() + "; consume, or raise limits.memoryBytes");
    }

    void acknowledge(Command.AcknowledgeInTransaction acknowledge) {
        TransactionPart part = part(acknowledge.client(), acknowledge.transaction());
        AckRange range = acknowledge.range();
        Optional<Refusal> refusal = acknowledge.subscription().acknowledge(range, part);
        refusal.ifPresent(part::fail);
        acknowledge.subscription().answer(refusal, acknowledge.receipt());
    }

    private TransactionPart part(long client, TransactionId transaction) {
        return open.computeIfAbsent(new Key(client, transaction), any -> new TransactionPart());
    }

    /** Takes this shard's part out: from now on it belongs to the commit. */
    Commit.Share yield(long client, TransactionId transaction) {
        TransactionPart part = open.remove(new Key(client, transaction));
        Commit.Share share = new Commit.Share(shard, part == null ? new TransactionPart() : part);
        for (Message message : share.part.sends()) {
            Destination target = message.isScheduled() ? null : destinations.findOrCreate(message.destination());
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

    void gather(Commit commit, Commit.Share share) {
        commit.add(share);
        if (!commit.isComplete()) {
            return;
        }
        Optional<Refusal> failure = commit.shares().stream()
                .flatMap(one -> one.part.firstFailure().stream())
                .findFirst();
        if (failure.isPresent()) {
            commit.shares().forEach(one -> one.owner.undo(one, shard));
            commit.receipt().refused(rollbackOnly(failure.get()));
        } else {
            write(commit);
        }
    }

    private static Refusal rollbackOnly(Refusal cause) {
        return new Refusal(
                Refusal.Code.TRANSACTION,
                "COMMIT FAILED: Transaction marked rollback only, because: " + cause.message());
    }

    private void write(Commit commit) {
        List<Record> records = new ArrayList<>();
        for (Commit.Share share : commit.shares()) {
            for (Message message : share.part.sends()) {
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
        if (records.isEmpty()) {
            context.outlet().afterParked(lsn -> applyAll(commit, 0));
        } else {
            context.outlet().appendAndPark(records, firstLsn -> applyAll(commit, firstLsn));
        }
    }

    private static void addRemoval(List<Record> records, Queue queue, List<QueueEntry> entries) {
        long[] sequences = entries.stream()
                .filter(QueueEntry::isJournaled)
                .mapToLong(QueueEntry::sequence)
                .toArray();
        if (sequences.length > 0) {
            records.add(new Record.MessagesRemoved(queue.name(), sequences));
        }
    }

    private void applyAll(Commit commit, long firstLsn) {
        Join join = new Join(commit.shares().size(), commit.receipt());
        for (Commit.Share share : commit.shares()) {
            share.additions.replaceAll(addition -> new Addition(
                    addition.message(), addition.sequence(), addition.lsn() < 0 ? 0 : firstLsn + addition.lsn()));
            share.changesAt += firstLsn;
            share.owner.apply(share, join, shard);
        }
    }

    /** The commit is durable. */
    void apply(Commit.Share share, Receipt receipt) {
        share.part.acknowledged().forEach((queue, entries) -> {
            settlement.forgotten(queue.commit(entries));
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
        if (message.isScheduled()) {
            sending.audit().seen(message); // its change has the rest
            return;
        }
        if (target == null) {
            context.budget().give(message.footprintBytes()); // a temporary destination that went away meanwhile
            return;
        }
        target.parkedMessages--;
        if (addition.lsn() > 0) {
            sending.audit().seen(message);
        }
        destinations.arrive(target, new QueueEntry(message, addition.sequence(), addition.lsn(), 0));
    }

    /** The commit was refused. */
    void undo(Commit.Share share) {
        for (Destination target : share.targets) {
            if (target != null) {
                target.parkedMessages--;
            }
        }
        undo(share.part);
    }

    void rollback(long client, TransactionId transaction) {
        TransactionPart part = open.remove(new Key(client, transaction));
        if (part != null) {
            undo(part);
        }
    }

    private void undo(TransactionPart part) {
        part.sends().forEach(message -> context.budget().give(message.footprintBytes()));
        part.acknowledged().forEach(Queue::rollback);
    }
}
