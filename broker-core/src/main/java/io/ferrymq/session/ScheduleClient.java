package io.ferrymq.session;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.shard.ScheduleOutlet;
import io.ferrymq.shard.Shard;
import io.ferrymq.transaction.Change;
import io.ferrymq.transaction.TransactionId;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A client inside the broker that sends what one shard has scheduled, so that it goes the way of all messages: routes, composite
 * names, one journal entry for all. Owned by that shard, as others are by their I/O thread.
 */
final class ScheduleClient implements ScheduleOutlet, ClientListener {
    private final ConnectedClient client;
    private final Shard shard;
    private final String connectionId;
    private final ProducerId producer;
    private long messages;
    private long transactions;

    /** @param connectionId unique over all starts of all brokers */
    ScheduleClient(String connectionId, long number, Shard shard, SessionRegistry registry) {
        this.connectionId = connectionId;
        this.shard = shard;
        this.producer = new ProducerId(connectionId, 1, 1);
        ClientInfo info = new ClientInfo(connectionId, connectionId, "schedules", false);
        this.client = new ConnectedClient(info, this, number, registry);
    }

    @Override
    public MessageId nextId() {
        return new MessageId(producer, ++messages);
    }

    @Override
    public void send(Message message, Change change, Receipt receipt) {
        TransactionId transaction = new TransactionId.Local(connectionId, ++transactions);
        Sent sent = new Sent();
        client.begin(transaction);
        client.join(transaction, shard, change);
        client.send(message, transaction, sent);
        if (sent.refusal().isPresent()) { // here and now: no shard knows of it, and would refuse the commit
            client.rollback(transaction, Receipt.NONE);
            receipt.refused(sent.refusal().get());
        } else {
            client.commit(transaction, sent.thenCommit(receipt));
        }
        client.flush();
    }

    /** Why the message cannot be sent, which the refused commit does not say. Any thread. */
    private static final class Sent implements Receipt {
        private final AtomicReference<Optional<Refusal>> first = new AtomicReference<>(Optional.empty());

        Optional<Refusal> refusal() {
            return first.get();
        }

        Receipt thenCommit(Receipt next) {
            return Receipt.of(next::done, refusal -> next.refused(refusal().orElse(refusal)));
        }

        @Override
        public void done() {
            // nothing yet: the commit counts
        }

        @Override
        public void refused(Refusal refusal) {
            first.set(Optional.of(refusal));
        }
    }

    @Override
    public void deliver(Delivery delivery) {
        throw new IllegalStateException("the client for schedules consumes nothing: " + delivery.message());
    }

    @Override
    public void nothing(ConsumerId consumer) {
        // it consumes nothing
    }

    @Override
    public void abort(ConsumerId consumer) {}

    @Override
    public boolean isCongested() {
        return false;
    }

    @Override
    public void evicted(String reason) {
        // nobody else has its connection id
    }
}
