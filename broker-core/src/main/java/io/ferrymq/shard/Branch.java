package io.ferrymq.shard;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record.TransactionPrepared;
import io.ferrymq.message.Xid;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the {@link Coordinator}, its owner, knows of a global transaction that takes no more work. */
final class Branch {
    final OpenTransaction transaction;
    /** What was asked for while a step was under way. */
    final Deque<Command.Advance> waiting = new ArrayDeque<>();
    /** A step is under way. */
    boolean busy = true;
    /** What says in the journal that it is prepared. */
    List<TransactionPrepared> parts = List.of();
    /** Where it says so; null until that is durable. */
    @Nullable
    JournalEntry entry;

    Branch(OpenTransaction transaction) {
        this.transaction = transaction;
    }

    Xid xid() {
        return ((TransactionId.Global) transaction.id()).xid();
    }

    boolean isPrepared() {
        return !parts.isEmpty();
    }

    void writtenAs(JournalEntry newest) {
        entry = newest;
        busy = false;
    }

    Command.Prepared view() {
        int acknowledged = parts.stream()
                .flatMap(part -> part.acknowledged().stream())
                .mapToInt(removed -> removed.sequences().length)
                .sum();
        int sends = parts.stream().mapToInt(part -> part.sends().size()).sum();
        return new Command.Prepared(xid(), parts.get(0).preparedMs(), sends, acknowledged);
    }
}
