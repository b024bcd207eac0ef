package io.ferrymq.session;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One connected client. Owned by its connection's I/O thread: every method is called only there, none blocks, none throws for
 * what a client can do wrong; the receipt tells the outcome, later and on any thread. Requests of one client take effect in
 * the order they were made.
 */
public interface Client {
    /** Creates the destination; a temporary one belongs to this client from now on. Existing ones are fine. */
    void addDestination(DestinationName destination, Receipt receipt);

    /** Removes the destination with its messages; refused while it has consumers. */
    void removeDestination(DestinationName destination, Receipt receipt);

    /**
     * Announces a producer. {@code destination} is created when missing, unless temporary (refused then). Announcing the same
     * producer again is fine.
     */
    void addProducer(ProducerId producer, DestinationName destination, Receipt receipt);

    /** Announces a producer that names the destination with each message. */
    void addAnonymousProducer(ProducerId producer, Receipt receipt);

    void removeProducer(ProducerId producer);

    /**
     * Sends to {@code message.destination()}, which may be composite. The receipt is done when the message is safe: durable
     * if it is persistent, and visible to consumers; inside a transaction, when it is recorded. A receipt that stays away
     * is back-pressure (memory limit): the caller bounds how many it leaves open and stops reading its socket there.
     */
    void send(Message message, TransactionId transaction, Receipt receipt);

    /** Starts a consumer; deliveries may come before the receipt. Starting a known consumer again is fine. */
    void subscribe(ConsumerSpec consumer, Receipt receipt);

    /**
     * Ends a consumer. {@code lastDelivered} is the sequence of the last message the application saw, -1 for none, -2 for
     * unknown: it decides whose delivery counters grow (OpenWire RemoveInfo.lastDeliveredSequenceId).
     */
    void unsubscribe(ConsumerId consumer, long lastDelivered, Receipt receipt);

    /** What the durable subscription of this name of this client is a subscription to; empty when there is none. */
    Optional<DestinationName> subscribedTopics(String subscriptionName);

    /** Ends the durable subscription of this name of this client, with its backlog; refused while it has a consumer. */
    void removeSubscription(String subscriptionName, Receipt receipt);

    /** Acknowledgements of consumers that are gone are ignored, with a done receipt. */
    void acknowledge(Acknowledgement acknowledgement, Receipt receipt);

    /**
     * A consumer without prefetch asks for one message. {@code timeoutMs}: -1 answers at once, 0 waits for ever, else after so
     * many milliseconds without a message the sink gets {@code nothing}.
     */
    void pull(ConsumerId consumer, long timeoutMs);

    void changePrefetch(ConsumerId consumer, int prefetch);

    /** What is written to the client has room again: see {@code DeliverySink.isCongested}. */
    void resume();

    /** Starting a known transaction again is fine: it joins one that another client has started, if it is global. */
    void begin(TransactionId transaction);

    /**
     * A send of the transaction did not get here, and its sender does not wait to hear why: committing is refused from now on (ActiveMQ's
     * rollbackOnlyOnAsyncException). Unknown transactions are ignored.
     */
    void markRollbackOnly(TransactionId transaction, Refusal why);

    /** All sends and acknowledgements of the transaction take effect together, or none; in one phase if it is global. */
    void commit(TransactionId transaction, Receipt receipt);

    /** Undoes it; also a prepared one. Global transactions may be ended by any client. */
    void rollback(TransactionId transaction, Receipt receipt);

    /**
     * Promises, over restarts, that the global transaction can be committed and can be rolled back. For clients that have begun
     * it, or joined it by beginning it too.
     */
    void prepare(TransactionId transaction, Vote vote);

    /** The second phase. */
    void commitPrepared(TransactionId transaction, Receipt receipt);

    /** The transaction manager will not ask about it again: what is left of it is rolled back. */
    void forget(TransactionId transaction, Receipt receipt);

    /** Hands out the names of all prepared transactions of the broker, on any thread. */
    void recover(Consumer<List<Xid>> reader);

    /**
     * What was asked for since the last flush is handed on now; without it, it may stay where it is. For callers who make many requests
     * at a time.
     */
    void flush();

    /**
     * Likewise, and this thread does what it can about them at once, for a bounded time. For those who have nothing else to do then: the end
     * of a turn of an event loop, never a callback of the broker. {@link Sessions#writeHere} must follow.
     */
    void flushHere();

    /**
     * Ends the client: its open transactions are rolled back unless prepared, consumers end as with {@link #unsubscribe}, temporary destinations go.
     * Idempotent. {@code whenClosed} runs once all of that has taken effect, on any thread.
     */
    void close(long lastDelivered, Runnable whenClosed);
}
