package io.ferrymq.admin;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Vote;
import io.ferrymq.journal.Journal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.session.SessionRegistry;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.transaction.TransactionId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator can see of a broker, and decide. Any thread but shard and I/O threads, since pictures are taken by the shards. */
public final class BrokerAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerAdmin.class);
    private static final int ANSWER_TIMEOUT_S = 10;
    private static final long LOOK_NS = 50_000_000;

    private final Shards shards;
    private final SessionRegistry sessions;
    private final Journal journal;

    public BrokerAdmin(Shards shards, SessionRegistry sessions, Journal journal) {
        this.shards = shards;
        this.sessions = sessions;
        this.journal = journal;
    }

    /** All destinations there are. */
    public List<DestinationView> destinations() {
        List<CompletableFuture<List<Command.DestinationCount>>> pictures =
                shards.all().stream().map(BrokerAdmin::inspect).toList();
        Stream<Command.DestinationCount> all = pictures.stream().flatMap(picture -> await(picture).stream());
        return all.map(count -> new DestinationView(count.name(), count.messages(), count.consumers()))
                .toList();
    }

    /** One destination, if it exists. */
    public Optional<DestinationView> destination(DestinationName name) {
        return await(inspect(shards.ownerOf(name))).stream()
                .filter(count -> count.name().equals(name))
                .map(count -> new DestinationView(name, count.messages(), count.consumers()))
                .findFirst();
    }

    /** The messages that wait for their time. */
    public ScheduleAdmin schedules() {
        return new ScheduleAdmin(shards);
    }

    public int connections() {
        return sessions.connectionCount();
    }

    public Journal.Status journal() {
        return journal.status();
    }

    /**
     * Writes again what old segments of the journal still hold, as long as that gains an eighth of what they take. Returns when nothing has
     * changed for {@code quietMs}.
     *
     * @return how the journal is then; empty when it is not on a disk
     */
    public Optional<Journal.Status> compact(long quietMs) {
        if (!journal.compact()) {
            return Optional.empty();
        }
        Journal.Status seen = journal.status();
        long sinceNs = System.nanoTime();
        while (!seen.failed() && (System.nanoTime() - sinceNs) / 1_000_000 < quietMs) {
            LockSupport.parkNanos(LOOK_NS);
            Journal.Status now = journal.status();
            if (!now.equals(seen)) {
                seen = now;
                sinceNs = System.nanoTime();
            }
        }
        return Optional.of(seen);
    }

    /** The global transactions that wait for their outcome, oldest first. */
    public List<PreparedTransactionView> preparedTransactions() {
        long nowMs = sessions.clock().epochMs();
        return prepared().stream()
                .map(one -> new PreparedTransactionView(
                        one.xid().toString(), nowMs - one.preparedMs(), one.sends(), one.acknowledged()))
                .toList();
    }

    /** Commits a prepared transaction in the place of its transaction manager; false when there is none of this name. */
    public boolean commitPrepared(String xid) {
        return decide(xid, Command.Advance.Step.COMMIT_TWO_PHASE);
    }

    /** Rolls a prepared transaction back in the place of its transaction manager; false when there is none of this name. */
    public boolean rollbackPrepared(String xid) {
        return decide(xid, Command.Advance.Step.ROLLBACK);
    }

    private boolean decide(String xid, Command.Advance.Step outcome) {
        Optional<Command.Prepared> found = prepared().stream()
                .filter(one -> one.xid().toString().equals(xid))
                .findFirst();
        if (found.isEmpty()) {
            return false;
        }
        CompletableFuture<Boolean> decided = new CompletableFuture<>();
        // refused when its transaction manager was faster
        Vote vote = Vote.of(Receipt.of(() -> decided.complete(true), refusal -> decided.complete(false)));
        TransactionId.Global id = new TransactionId.Global(found.get().xid());
        shards.coordinator().inbox().put(new Command.Advance(id, Optional.empty(), outcome, false, vote));
        boolean done = await(decided);
        LOG.warn(
                "an operator has decided about a prepared transaction: xid={}, outcome={}, done={}", id, outcome, done);
        return done;
    }

    private List<Command.Prepared> prepared() {
        CompletableFuture<List<Command.Prepared>> answer = new CompletableFuture<>();
        shards.coordinator().inbox().put(new Command.ListPrepared(answer::complete));
        return await(answer).stream()
                .sorted(Comparator.comparingLong(Command.Prepared::preparedMs))
                .toList();
    }

    private static CompletableFuture<List<Command.DestinationCount>> inspect(Shard shard) {
        CompletableFuture<List<Command.DestinationCount>> picture = new CompletableFuture<>();
        shard.inbox().put(new Command.Inspect(picture::complete));
        return picture;
    }

    static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(ANSWER_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a shard is asked", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("no answer of a shard: it is stopped or too busy", failure);
        }
    }
}
