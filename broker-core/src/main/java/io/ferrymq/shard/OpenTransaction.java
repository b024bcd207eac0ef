package io.ferrymq.shard;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.transaction.TransactionId;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One transaction from its begin to its outcome: which shards it has touched, how big it is, whether it still takes work. Any
 * thread, because a global one is shared by all clients that name it; what it does to destinations is in the shards.
 */
public final class OpenTransaction {
    /** The starter of what was found at recovery. */
    private static final long NOBODY = 0;

    private final TransactionId id;
    private final String connectionId;
    private final long starter;
    private final Set<Shard> touched = ConcurrentHashMap.newKeySet(2);
    private final Set<Shard> ended = ConcurrentHashMap.newKeySet(2);
    private final Queue<Runnable> afterCommit = new ConcurrentLinkedQueue<>();
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<@Nullable Refusal> tooBig = new AtomicReference<>();
    private final AtomicReference<@Nullable Refusal> rollbackOnly = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();

    /** @param starter the number of the client with whose end it ends, unless it is prepared by then */
    public OpenTransaction(TransactionId id, String connectionId, long starter) {
        this.id = id;
        this.connectionId = connectionId;
        this.starter = starter;
    }

    /** One that the journal says is prepared. */
    static OpenTransaction recovered(TransactionId.Global id) {
        OpenTransaction prepared = new OpenTransaction(id, "", NOBODY);
        prepared.close();
        return prepared;
    }

    public TransactionId id() {
        return id;
    }

    public boolean isStartedBy(long client) {
        return starter == client;
    }

    /** Whether the client that names it now has replaced the one that started it, after a failover, and starts over. */
    boolean isLeftBehindBy(String byConnectionId, long client) {
        return !isClosed() && connectionId.equals(byConnectionId) && client > starter;
    }

    /** Counts one more operation; a refusal when the transaction is too big for the limits, from then on for good. */
    public Optional<Refusal> grow(long byBytes, Limits limits) {
        int newOperations = operations.incrementAndGet();
        long newBytes = bytes.addAndGet(byBytes);
        if (newOperations > limits.transactionMessages() || newBytes > limits.transactionBytes()) {
            String what = "Can not send message on transaction with id: '" + id
                    + "', Transaction has reached the maximum allowed number of pending send operations before commit of '"
                    + limits.transactionMessages() + "': operations=" + newOperations + ", bytes=" + newBytes
                    + ", limit=" + limits.transactionBytes()
                    + "; commit more often, or raise limits.transactionMessages or limits.transactionBytes";
            tooBig.compareAndSet(null, new Refusal(Refusal.Code.RESOURCE_LIMIT, what));
        }
        return Optional.ofNullable(tooBig.get());
    }

    /** It takes more work, but can only be rolled back. The first reason counts. */
    public void markRollbackOnly(Refusal cause) {
        rollbackOnly.compareAndSet(null, cause.rolledBack());
    }

    /** What is to be done outside of the shards once it is committed. */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    public void committed() {
        afterCommit.forEach(Runnable::run);
    }

    /** Why it cannot be committed. */
    public Optional<Refusal> refusal() {
        return Optional.ofNullable(tooBig.get()).or(() -> Optional.ofNullable(rollbackOnly.get()));
    }

    /**
     * Before a command with work goes to a shard: false when the transaction takes no more. Whoever closes it finds all shards
     * that were admitted before, and ends it there behind the work that was put into their inboxes before.
     */
    public boolean admit(Shard shard) {
        touched.add(shard);
        return !isClosed();
    }

    /** Counts a shard in that has a part of it. */
    void touch(Shard shard) {
        touched.add(shard);
    }

    public Set<Shard> touched() {
        return touched;
    }

    /** Takes no more work. */
    void close() {
        closed.set(true);
    }

    public boolean isClosed() {
        return closed.get();
    }

    /** It has its outcome. */
    void end() {
        over.set(true);
    }

    public boolean isOver() {
        return over.get();
    }

    /** What comes to this shard from now on was put there by somebody who did not know yet that it is closed. */
    void endIn(Shard shard) {
        ended.add(shard);
    }

    boolean isEndedIn(Shard shard) {
        return ended.contains(shard);
    }

    /** Why a client cannot end what it has not begun, or what is over. */
    public static Refusal notStarted(TransactionId id) {
        Refusal.Code code =
                id instanceof TransactionId.Global ? Refusal.Code.GLOBAL_TRANSACTION_UNKNOWN : Refusal.Code.TRANSACTION;
        return new Refusal(code, "Transaction '" + id + "' has not been started.");
    }

    /** Why a client cannot prepare what it has not begun, or what is over. */
    public static Refusal neverBegun(TransactionId id) {
        return new Refusal(
                Refusal.Code.ILLEGAL_STATE,
                "Cannot prepare a transaction that had not been started or previously returned XA_RDONLY: " + id);
    }

    /** Why it takes no more work. */
    public Refusal tooLate() {
        return new Refusal(
                Refusal.Code.GLOBAL_TRANSACTION_STATE,
                "Transaction '" + id + "' takes no more work: it is prepared or over");
    }
}
