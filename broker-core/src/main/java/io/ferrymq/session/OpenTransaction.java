package io.ferrymq.session;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.shard.Shard;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client's I/O thread, its owner, knows of one of its open transactions: which shards it has touched, how big it is. */
final class OpenTransaction {
    private final Set<Shard> touched = new LinkedHashSet<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private int operations;
    private long bytes;
    private @Nullable Refusal tooBig;

    /** Counts one more operation; a refusal when the transaction is too big for the limits, from then on for good. */
    Optional<Refusal> grow(int byBytes, Limits limits) {
        operations++;
        bytes += byBytes;
        if (tooBig == null && (operations > limits.transactionMessages() || bytes > limits.transactionBytes())) {
            tooBig = new Refusal(
                    Refusal.Code.RESOURCE_LIMIT,
                    "transaction too big: operations=" + operations + ", limit=" + limits.transactionMessages()
                            + ", bytes="
                            + bytes + ", limit=" + limits.transactionBytes()
                            + "; commit more often, or raise limits.transactionMessages or limits.transactionBytes");
        }
        return refusal();
    }

    /** What is to be done on the client's side once it is committed. */
    void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
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
