package io.ferrymq.session;

import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.message.Xid;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.Command.Advance.Step;
import io.ferrymq.shard.Commit;
import io.ferrymq.shard.OpenTransaction;
import io.ferrymq.shard.Shard;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The transactions that one client has begun; owned by its I/O thread. Local ones are its own: it decides them itself. Global ones
 * it shares with whoever names them, and the broker's coordinator decides.
 */
final class ClientTransactions {
    private final ClientInfo info;
    private final long number;
    private final SessionRegistry registry;
    private final Requests requests;
    private final Map<TransactionId, OpenTransaction> begun = new HashMap<>();

    ClientTransactions(ClientInfo info, long number, SessionRegistry registry, Requests requests) {
        this.info = info;
        this.number = number;
        this.registry = registry;
        this.requests = requests;
    }

    void begin(TransactionId id) {
        int most = registry.limits().consumersPerConnection();
        begun.values().removeIf(OpenTransaction::isOver); // only global ones are over and still here
        if (begun.size() >= most) {
            begun.values().removeIf(OpenTransaction::isClosed);
        }
        if (begun.size() < most) { // too many are not started
            begun.computeIfAbsent(
                    id,
                    any -> id instanceof TransactionId.Global global
                            ? registry.shards().globals().begin(global, info.connectionId(), number)
                            : new OpenTransaction(id, info.connectionId(), number));
        }
    }

    /** One without a name, for a send to several destinations. */
    OpenTransaction beginUnnamed() {
        return new OpenTransaction(
                new TransactionId.Local(info.connectionId() + "/composite", 0), info.connectionId(), number);
    }

    Optional<OpenTransaction> find(TransactionId id) {
        Optional<OpenTransaction> own = Optional.ofNullable(begun.get(id));
        return own.isEmpty() && id instanceof TransactionId.Global global
                ? registry.shards().globals().find(global)
                : own;
    }

    void commit(TransactionId id, Receipt receipt) {
        if (id instanceof TransactionId.Global global) {
            advance(global, Step.COMMIT_ONE_PHASE, Vote.of(receipt));
            return;
        }
        OpenTransaction transaction = begun.remove(id);
        if (transaction == null) {
            receipt.refused(OpenTransaction.notStarted(id));
        } else {
            commit(transaction, receipt);
        }
    }

    void commit(OpenTransaction transaction, Receipt receipt) {
        Optional<Refusal> refusal = transaction.refusal();
        if (refusal.isPresent()) {
            rollback(transaction, Receipt.NONE);
            receipt.refused(refusal.get());
            return;
        }
        Receipt outcome = Receipt.of(
                () -> {
                    transaction.committed();
                    receipt.done();
                },
                receipt::refused);
        List<Shard> touched = new ArrayList<>(transaction.touched());
        if (touched.isEmpty()) {
            outcome.done();
        } else if (touched.size() == 1) {
            requests.put(touched.get(0), new Command.CommitHere(transaction, new Commit(1, outcome)));
        } else {
            Commit commit = new Commit(touched.size(), outcome);
            for (Shard shard : touched) {
                requests.put(shard, new Command.YieldPart(transaction, commit, touched.get(0)));
            }
        }
    }

    void rollback(TransactionId id, Receipt receipt) {
        if (id instanceof TransactionId.Global global) {
            advance(global, Step.ROLLBACK, Vote.of(receipt));
            return;
        }
        OpenTransaction transaction = begun.remove(id);
        if (transaction == null) {
            receipt.refused(OpenTransaction.notStarted(id));
        } else {
            rollback(transaction, receipt);
        }
    }

    private void rollback(OpenTransaction transaction, Receipt receipt) {
        Join join = new Join(transaction.touched().size() + 1, receipt);
        for (Shard shard : transaction.touched()) {
            requests.put(shard, new Command.Rollback(transaction, join));
        }
        join.done();
    }

    void prepare(TransactionId id, Vote vote) {
        if (id instanceof TransactionId.Global global && begun.containsKey(id)) {
            advance(global, Step.PREPARE, vote);
        } else {
            vote.refused(OpenTransaction.neverBegun(id));
        }
    }

    void commitPrepared(TransactionId id, Receipt receipt) {
        if (id instanceof TransactionId.Global global) {
            advance(global, Step.COMMIT_TWO_PHASE, Vote.of(receipt));
        } else {
            commit(id, receipt);
        }
    }

    void forget(TransactionId id, Receipt receipt) {
        if (id instanceof TransactionId.Global global) {
            advance(global, Step.FORGET, Vote.of(receipt));
        } else {
            rollback(id, receipt);
        }
    }

    private void advance(TransactionId.Global id, Step step, Vote vote) {
        Optional<OpenTransaction> known = Optional.ofNullable(begun.get(id));
        ask(new Command.Advance(id, known, step, info.resumed(), vote));
    }

    void recover(Consumer<List<Xid>> reader) {
        ask(new Command.ListPrepared(
                all -> reader.accept(all.stream().map(Command.Prepared::xid).toList())));
    }

    private void ask(Command command) {
        requests.put(registry.shards().coordinator(), command);
    }

    /** The client ends: what it began and did not prepare is rolled back. */
    void close(Receipt receipt) {
        Join join = new Join(begun.size() + 1, receipt);
        begun.forEach((id, transaction) -> {
            if (!(id instanceof TransactionId.Global global)) {
                rollback(transaction, join);
            } else if (transaction.isStartedBy(number)) {
                Vote abandoned = Vote.of(join);
                ask(new Command.Advance(global, Optional.of(transaction), Step.ABANDON, info.resumed(), abandoned));
            } else {
                join.done();
            }
        });
        begun.clear();
        join.done();
    }
}
