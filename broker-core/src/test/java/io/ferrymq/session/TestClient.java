package io.ferrymq.session;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A client that remembers what it is given. */
final class TestClient implements ClientListener {
    final List<Delivery> deliveries = new ArrayList<>();
    final List<ConsumerId> nothings = new ArrayList<>();
    final List<String> evictions = new ArrayList<>();
    final List<ConsumerId> aborted = new ArrayList<>();
    boolean congested;
    private final Bench bench;
    private final String connectionId;
    private Client port;
    private long consumers;
    private long messages;

    TestClient(Bench bench, String connectionId) {
        this.bench = bench;
        this.connectionId = connectionId;
    }

    /** The broker has accepted it. */
    void connected(Client value) {
        port = value;
    }

    Client port() {
        return port;
    }

    @Override
    public void deliver(Delivery delivery) {
        deliveries.add(delivery);
    }

    @Override
    public void nothing(ConsumerId consumer) {
        nothings.add(consumer);
    }

    @Override
    public void evicted(String reason) {
        evictions.add(reason);
    }

    @Override
    public void abort(ConsumerId consumer) {
        aborted.add(consumer);
    }

    @Override
    public boolean isCongested() {
        return congested;
    }

    Message message(DestinationName to, boolean persistent, long expirationMs) {
        MessageId id = new MessageId(new ProducerId(connectionId, 1, 1), ++messages);
        return Message.builder(id, to)
                .persistent(persistent)
                .expirationMs(expirationMs)
                .build();
    }

    Answer send(Message message, TransactionId transaction) {
        Answer answer = new Answer();
        port.send(message, transaction, answer);
        bench.run();
        return answer;
    }

    /** Sends so many persistent messages; their sequence numbers per producer start at 1. */
    void send(DestinationName to, int count) {
        for (int i = 0; i < count; i++) {
            send(message(to, true, 0), TransactionId.NONE);
        }
    }

    ConsumerId consume(DestinationName from, int prefetch) {
        return consume(from, prefetch, 0, false);
    }

    ConsumerId consume(DestinationName from, int prefetch, int priority, boolean browser) {
        ConsumerId id = nextConsumer();
        return accepted(new ConsumerSpec(id, from, prefetch, priority, browser, false, false, ""));
    }

    ConsumerId select(DestinationName from, int prefetch, String selector) {
        return accepted(new ConsumerSpec(nextConsumer(), from, prefetch, 0, false, false, false, selector));
    }

    /** As {@link #select}, but nothing happens yet. */
    ConsumerId selectLater(DestinationName from, int prefetch, String selector) {
        ConsumerSpec spec = new ConsumerSpec(nextConsumer(), from, prefetch, 0, false, false, false, selector);
        port.subscribe(spec, new Answer());
        return spec.id();
    }

    /** A consumer of a durable subscription. */
    ConsumerId durable(DestinationName topics, String name, int prefetch, String selector) {
        return accepted(durableSpec(topics, name, prefetch, selector));
    }

    ConsumerSpec durableSpec(DestinationName topics, String name, int prefetch, String selector) {
        return new ConsumerSpec(nextConsumer(), topics, prefetch, 0, false, false, false, selector, name, false, 0);
    }

    ConsumerId nextConsumer() {
        return new ConsumerId(connectionId, 1, ++consumers);
    }

    Answer subscribe(ConsumerSpec spec) {
        Answer answer = new Answer();
        port.subscribe(spec, answer);
        bench.run();
        return answer;
    }

    private ConsumerId accepted(ConsumerSpec spec) {
        Answer answer = subscribe(spec);
        if (!answer.isDone()) {
            throw new AssertionError(answer.refusal());
        }
        return spec.id();
    }

    Answer removeSubscription(String name) {
        Answer answer = new Answer();
        port.removeSubscription(name, answer);
        bench.run();
        return answer;
    }

    /** Sends a persistent message with these properties, written {@code colour=blue;weight=7}. */
    void send(DestinationName to, String properties) {
        sendLater(to, properties);
        bench.run();
    }

    /** As {@link #send}, but nothing happens yet. */
    void sendLater(DestinationName to, String properties) {
        Message message = message(to, true, 0).toBuilder()
                .properties(properties.getBytes(StandardCharsets.UTF_8))
                .build();
        port.send(message, TransactionId.NONE, new Answer());
    }

    void sendWithPriority(DestinationName to, int... priorities) {
        for (int priority : priorities) {
            Message message =
                    message(to, true, 0).toBuilder().priority((byte) priority).build();
            send(message, TransactionId.NONE);
        }
    }

    /** What a consumer has been given and nobody has taken note of yet, as sequences per producer. */
    List<Long> received(ConsumerId consumer) {
        return deliveries.stream()
                .filter(delivery -> delivery.consumer().equals(consumer))
                .map(delivery -> delivery.message().id().sequence())
                .toList();
    }

    Delivery last() {
        return deliveries.get(deliveries.size() - 1);
    }

    Answer ack(AckType type, ConsumerId consumer, Delivery first, Delivery last, int count, TransactionId tx) {
        Answer answer = new Answer();
        port.acknowledge(
                new Acknowledgement(
                        type,
                        consumer,
                        last.message().destination(),
                        Optional.of(first.message().id()),
                        last.message().id(),
                        count,
                        tx,
                        "a cause"),
                answer);
        bench.run();
        return answer;
    }

    Answer ack(AckType type, ConsumerId consumer, Delivery one) {
        return ack(type, consumer, one, one, 1, TransactionId.NONE);
    }

    TransactionId begin(long number) {
        TransactionId id = new TransactionId.Local(connectionId, number);
        port.begin(id);
        return id;
    }

    Answer commit(TransactionId id) {
        Answer answer = new Answer();
        port.commit(id, answer);
        bench.run();
        return answer;
    }

    Answer rollback(TransactionId id) {
        Answer answer = new Answer();
        port.rollback(id, answer);
        bench.run();
        return answer;
    }

    TransactionId begin(Xid xid) {
        TransactionId id = new TransactionId.Global(xid);
        port.begin(id);
        return id;
    }

    Ballot prepare(TransactionId id) {
        Ballot ballot = new Ballot();
        port.prepare(id, ballot);
        bench.run();
        return ballot;
    }

    Answer commitPrepared(TransactionId id) {
        Answer answer = new Answer();
        port.commitPrepared(id, answer);
        bench.run();
        return answer;
    }

    Answer forget(TransactionId id) {
        Answer answer = new Answer();
        port.forget(id, answer);
        bench.run();
        return answer;
    }

    List<Xid> recover() {
        List<Xid> prepared = new ArrayList<>();
        port.recover(prepared::addAll);
        bench.run();
        return prepared;
    }

    void unsubscribe(ConsumerId consumer, long lastDelivered) {
        port.unsubscribe(consumer, lastDelivered, Receipt.NONE);
        bench.run();
    }

    void close() {
        port.close(-2, () -> {});
        bench.run();
    }
}
