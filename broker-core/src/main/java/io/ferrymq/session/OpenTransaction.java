package io.ferrymq.session;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.shard.Shard;
import io.ferrymq.transaction.TransactionId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client's I/O thread, its owner, knows of one of its open transactions: which shards it has touched, how big it is. */
final class OpenTransaction {
    private final Set<Shard> touched = new LinkedHashSet<>();
    private int operations;
    private long bytes;
    private @Nullable Refusal tooBig;

    /** Counts one more operation; a refusal when the transaction is too big for the limits, from then on for good. */
    Optional<Refusal> grow(TransactionId id, int byBytes, Limits limits) {
        operations++;
        bytes += byBytes;
        if (tooBig == null && (operations > limits.transactionMessages() || bytes > limits.transactionBytes())) {
            tooBig = new Refusal(
                    Refusal.Code.RESOURCE_LIMIT,
                    "Can not send message on transaction with id: '" + id
                            + "', Transaction has reached the maximum allowed number of pending send operations before"
                            + " commit of '" + limits.transactionMessages() + "': operations=" + operations
                            + ", bytes=" + bytes + ", limit=" + limits.transactionBytes()
                            + "; commit more often, or raise limits.transactionMessages or limits.transactionBytes");
        }
        return refusal();
    }

    Optional<Refusal> refusal() {
        return Optional.ofNullable(tooBig);
    }

    void touch(Shard shard) {
        touched.add(shard);
    }

    Set<Shard> touched() {
        return touched;
    }
}
