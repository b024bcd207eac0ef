package io.ferrymq.shard;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.Record.TransactionPrepared;
import io.ferrymq.journal.Record.TransactionResolved;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Xid;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the transactions that were prepared and have no outcome yet, at recovery. Used by the thread that starts the broker.
 */
final class PreparedReplay {
    private record Found(long firstLsn, List<TransactionPrepared> parts) {
        JournalEntry entry() {
            JournalEntry entry = new JournalEntry(List.copyOf(parts), false);
            entry.assignLsn(firstLsn);
            return entry;
        }
    }

    private final Map<Xid, Found> found = new LinkedHashMap<>();
    private final LongConsumer dead;

    /** @param dead is told the LSNs of records that are not part of the hard state */
    PreparedReplay(LongConsumer dead) {
        this.dead = dead;
    }

    void onRecord(long lsn, Record record) {
        if (record instanceof TransactionPrepared prepared) {
            onPrepared(lsn, prepared);
        } else if (record instanceof TransactionResolved resolved) {
            forget(found.remove(resolved.xid()));
        }
    }

    private void onPrepared(long lsn, TransactionPrepared prepared) {
        if (prepared.part() == 0) {
            forget(found.put(prepared.xid(), new Found(lsn, new ArrayList<>())));
        }
        Found current = found.get(prepared.xid());
        if (current == null) {
            dead.accept(lsn); // its first part was damaged: the entry is lost as a whole
        } else {
            current.parts().add(prepared);
        }
    }

    private void forget(@Nullable Found obsolete) {
        if (obsolete != null) {
            for (int i = 0; i < obsolete.parts().size(); i++) {
                dead.accept(obsolete.firstLsn() + i);
            }
        }
    }

    /**
     * Gives each shard its parts, and the coordinator what waits for an outcome.
     *
     * @param concerned the shards that may have something under a name: several for a durable subscription
     */
    void finish(
            Coordinator coordinator,
            Function<DestinationName, List<Shard>> concerned,
            Function<Shard, Replay> replays) {
        found.forEach((xid, one) -> {
            OpenTransaction transaction = OpenTransaction.recovered(new TransactionId.Global(xid));
            for (TransactionPrepared part : one.parts()) {
                for (Record.MessagesRemoved acknowledged : part.acknowledged()) {
                    for (Shard shard : concerned.apply(acknowledged.destination())) {
                        transaction.touch(shard);
                        replays.apply(shard).restoreAcknowledged(transaction, acknowledged);
                    }
                }
                for (Message message : part.sends()) {
                    Shard owner = concerned.apply(message.destination()).get(0);
                    transaction.touch(owner);
                    replays.apply(owner).restoreSend(transaction, message);
                }
            }
            coordinator.restore(transaction, one.parts(), one.entry());
        });
        coordinator.logPrepared();
    }
}
