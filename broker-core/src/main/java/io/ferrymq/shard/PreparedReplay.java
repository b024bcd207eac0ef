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
    private final List<Long> dead;

    /** @param dead where the LSNs of records go that are not part of the hard state */
    PreparedReplay(List<Long> dead) {
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
            dead.add(lsn); // its first part was damaged: the entry is lost as a whole
        } else {
            current.parts().add(prepared);
        }
    }

    private void forget(@Nullable Found obsolete) {
        if (obsolete != null) {
            for (int i = 0; i < obsolete.parts().size(); i++) {
                dead.add(obsolete.firstLsn() + i);
            }
        }
    }

    /** Gives each shard its parts, and the coordinator what waits for an outcome. */
    void finish(Coordinator coordinator, Shard.Owners owners, Function<Shard, Replay> replays) {
        found.forEach((xid, one) -> {
            OpenTransaction transaction = OpenTransaction.recovered(new TransactionId.Global(xid));
            for (TransactionPrepared part : one.parts()) {
                for (Record.MessagesRemoved acknowledged : part.acknowledged()) {
                    touched(transaction, owners, replays, acknowledged.destination())
                            .restoreAcknowledged(transaction, acknowledged);
                }
                for (Message message : part.sends()) {
                    touched(transaction, owners, replays, message.destination()).restoreSend(transaction, message);
                }
            }
            coordinator.restore(transaction, one.parts(), one.entry());
        });
        coordinator.logPrepared();
    }

    private static Replay touched(
            OpenTransaction transaction,
            Shard.Owners owners,
            Function<Shard, Replay> replays,
            DestinationName destination) {
        Shard owner = owners.ownerOf(destination);
        transaction.touch(owner);
        return replays.apply(owner);
    }
}
