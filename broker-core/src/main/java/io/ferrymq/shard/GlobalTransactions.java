package io.ferrymq.shard;

import io.ferrymq.transaction.TransactionId;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The global (XA) transactions of a broker by name. Any thread looks them up and begins them; their outcome is decided by the
 * {@link Coordinator} alone, which is asked through the inbox of {@link Shards#coordinator}.
 */
public final class GlobalTransactions {
    private final ConcurrentMap<TransactionId, OpenTransaction> byId = new ConcurrentHashMap<>();

    /** Starts it or joins it. What a connection left open before a failover does not count: it sends all of it again. */
    public OpenTransaction begin(TransactionId.Global id, String connectionId, long client) {
        return byId.compute(
                id,
                (any, known) -> known == null || known.isLeftBehindBy(connectionId, client)
                        ? new OpenTransaction(id, connectionId, client)
                        : known);
    }

    public Optional<OpenTransaction> find(TransactionId.Global id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** It takes no more work; false when it is not the one of its name any more. */
    boolean close(OpenTransaction transaction) {
        return byId.computeIfPresent(transaction.id(), (any, current) -> {
                    if (current == transaction) {
                        current.close();
                    }
                    return current;
                })
                == transaction;
    }

    void restore(OpenTransaction transaction) {
        byId.put(transaction.id(), transaction);
    }

    void remove(OpenTransaction transaction) {
        byId.remove(transaction.id(), transaction);
    }
}
