package io.ferrymq.session;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A queue of grouped messages on the bench. What is sent is written {@code A} (its group; {@code -} for none), {@code A:-1} (with a JMSXGroupSeq),
 * {@code A*9} (with a priority) and {@code A/blue} (with a colour). What a consumer was given is written {@code 3! 4}: the third
 * message, which began a group for it, and the fourth.
 */
final class GroupedQueue {
    static final DestinationName NAME = DestinationName.queue("ORDERS");
    private static final byte FORMAT = 24;

    final Bench bench;
    final TestClient producer;
    /** Has the consumers. */
    final TestClient client;

    private int bodyBytes;
    private long expirationMs;
    private long transactions;

    GroupedQueue(Bench bench) {
        this.bench = bench;
        this.producer = bench.client();
        this.client = bench.client();
    }

    static GroupedQueue with(DestinationPolicy.Builder policy) {
        return new GroupedQueue(new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE), policy.build()));
    }

    static DestinationPolicy.Builder policy() {
        return DestinationPolicy.of(NAME);
    }

    /** What is sent from now on has such a body. */
    GroupedQueue withBodies(int bytes) {
        bodyBytes = bytes;
        return this;
    }

    /** What is sent from now on lasts until then. */
    void expireAt(long epochMs) {
        expirationMs = epochMs;
    }

    void send(String messages) {
        sendLater(messages);
        bench.run();
    }

    /** As {@link #send}, but nothing happens yet. */
    void sendLater(String messages) {
        for (String message : messages.split(" ")) {
            producer.port().send(message(producer, NAME, message), TransactionId.NONE, new Answer());
        }
    }

    void send(String message, int times) {
        for (int i = 0; i < times; i++) {
            sendLater(message);
            if (i % 1_000 == 0) {
                bench.run();
            }
        }
        bench.run();
    }

    Message message(TestClient from, DestinationName to, String written) {
        String[] colour = written.split("/");
        String[] priority = colour[0].split("\\*");
        String[] sequence = priority[0].split(":");
        Message.Builder message = from.message(to, true, expirationMs).toBuilder()
                .priority((byte) (priority.length > 1 ? Integer.parseInt(priority[1]) : 4))
                .group(
                        sequence[0].equals("-") ? null : sequence[0],
                        sequence.length > 1 ? Integer.parseInt(sequence[1]) : 0);
        if (colour.length > 1) {
            message.properties(("colour=" + colour[1]).getBytes(StandardCharsets.UTF_8));
        }
        if (bodyBytes > 0) {
            message.body(FORMAT, false, new byte[bodyBytes]);
        }
        return message.build();
    }

    ConsumerId consume(int prefetch) {
        return client.consume(NAME, prefetch);
    }

    ConsumerId consume(int prefetch, int priority) {
        return client.consume(NAME, prefetch, priority, false);
    }

    ConsumerId select(int prefetch, String colour) {
        return select(prefetch, 0, "colour = '" + colour + "'");
    }

    ConsumerId select(int prefetch, int priority, String selector) {
        return subscribe(
                new ConsumerSpec(client.nextConsumer(), NAME, prefetch, priority, false, false, false, selector));
    }

    ConsumerId exclusive(int prefetch) {
        return subscribe(new ConsumerSpec(client.nextConsumer(), NAME, prefetch, 0, false, false, true, ""));
    }

    private ConsumerId subscribe(ConsumerSpec spec) {
        client.subscribe(spec);
        return spec.id();
    }

    /** All that it was ever given. */
    String got(ConsumerId consumer) {
        return got(client, consumer);
    }

    static String got(TestClient client, ConsumerId consumer) {
        return deliveries(client, consumer).stream()
                .map(one -> one.message().id().sequence() + (one.firstOfGroup() ? "!" : ""))
                .collect(Collectors.joining(" "));
    }

    private static List<Delivery> deliveries(TestClient client, ConsumerId consumer) {
        return client.deliveries.stream()
                .filter(one -> one.consumer().equals(consumer))
                .toList();
    }

    /** How often each of its deliveries says that there was one before. */
    static List<Integer> redeliveries(TestClient client, ConsumerId consumer) {
        return deliveries(client, consumer).stream().map(Delivery::redeliveries).toList();
    }

    /** The last delivery of a message to a consumer. */
    Delivery delivery(ConsumerId consumer, long number) {
        return deliveries(client, consumer).stream()
                .filter(one -> one.message().id().sequence() == number)
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new AssertionError(consumer + " has not got " + number));
    }

    void ack(ConsumerId consumer, long... numbers) {
        for (long number : numbers) {
            client.ack(AckType.INDIVIDUAL, consumer, delivery(consumer, number));
        }
    }

    /** What it has and what comes when it has acknowledged that, until nothing more comes. */
    void ackAll(ConsumerId consumer) {
        for (int i = 0; i < client.deliveries.size(); i++) {
            if (client.deliveries.get(i).consumer().equals(consumer)) {
                client.ack(AckType.INDIVIDUAL, consumer, client.deliveries.get(i));
            }
        }
    }

    /** Acknowledges in a new transaction. */
    TransactionId take(ConsumerId consumer, long... numbers) {
        TransactionId transaction = client.begin(++transactions);
        for (long number : numbers) {
            Delivery one = delivery(consumer, number);
            client.ack(AckType.INDIVIDUAL, consumer, one, one, 1, transaction);
        }
        return transaction;
    }

    void pull(ConsumerId consumer) {
        client.port().pull(consumer, -1);
        bench.run();
    }

    /** Closes it as an application does that has seen nothing of what it still has. */
    void close(ConsumerId consumer) {
        client.unsubscribe(consumer, -1);
    }
}
