package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the clients do. {@code transactedBatch} 0 means auto-acknowledge and no transaction, {@code ratePerSecond} 0 as fast as the broker
 * answers, {@code prefetch} 0 the client's default; {@code spread} is how many consumers share a connection, {@code idle} how many
 * connections with a consumer there are besides, in which nothing happens but, where there is no other load, a keep-alive each
 * {@code keepAliveS} seconds, 0 for none. With a {@code backlog} so many messages are there from the start, and consumers take one for each
 * that is sent.
 */
record Workload(
        int producers,
        int consumers,
        boolean persistent,
        int sizeBytes,
        boolean topic,
        boolean durable,
        int transactedBatch,
        boolean syncSends,
        int queues,
        int ratePerSecond,
        int prefetch,
        int spread,
        int idle,
        int keepAliveS,
        int backlog,
        boolean reconnect) {
    static final Set<String> VALUED = Set.of(
            "--producers",
            "--consumers",
            "--persistent",
            "--size",
            "--transacted-batch",
            "--sync",
            "--queues",
            "--rate",
            "--prefetch",
            "--spread",
            "--idle",
            "--keep-alive",
            "--backlog");
    static final Set<String> FLAGS = Set.of("--topic", "--durable", "--reconnect");

    static Workload from(Arguments arguments) {
        Workload workload = read(arguments);
        if (workload.topic && (workload.queues > 1 || workload.backlog > 0)) {
            throw new UsageException("--topic and --durable go with neither --queues nor --backlog");
        }
        if (workload.queues > workload.consumers) {
            throw new UsageException("--queues " + workload.queues + " needs as many --consumers, there are "
                    + workload.consumers + ": what nobody reads would look lost");
        }
        return workload;
    }

    private static Workload read(Arguments arguments) {
        return new Workload(
                arguments.count("--producers", 25, 1, 1_000),
                arguments.count("--consumers", 25, 1, 10_000),
                arguments.truth("--persistent", true),
                arguments.count("--size", 1024, Stamp.LENGTH_BYTES, 8 << 20),
                arguments.given("--topic") || arguments.given("--durable"),
                arguments.given("--durable"),
                arguments.count("--transacted-batch", 0, 0, 10_000),
                arguments.truth("--sync", true),
                arguments.count("--queues", 1, 1, 100_000),
                arguments.count("--rate", 0, 0, 1_000_000),
                arguments.count("--prefetch", 0, 0, 32_767),
                arguments.count("--spread", 1, 1, 1_000),
                arguments.count("--idle", 0, 0, 60_000),
                arguments.count("--keep-alive", 0, 0, 60),
                arguments.count("--backlog", 0, 0, 10_000_000),
                arguments.given("--reconnect"));
    }

    /** The command line that {@link #from} reads back, for the load JVM. */
    List<String> toArguments() {
        List<String> words = new ArrayList<>(List.of("--producers", Integer.toString(producers)));
        words.addAll(List.of("--consumers", Integer.toString(consumers)));
        words.addAll(List.of("--persistent", Boolean.toString(persistent)));
        words.addAll(List.of("--size", Integer.toString(sizeBytes)));
        words.addAll(List.of("--transacted-batch", Integer.toString(transactedBatch)));
        words.addAll(List.of("--sync", Boolean.toString(syncSends)));
        words.addAll(List.of("--queues", Integer.toString(queues)));
        words.addAll(List.of("--rate", Integer.toString(ratePerSecond)));
        words.addAll(List.of("--prefetch", Integer.toString(prefetch)));
        words.addAll(List.of("--spread", Integer.toString(spread)));
        words.addAll(List.of("--idle", Integer.toString(idle)));
        words.addAll(List.of("--keep-alive", Integer.toString(keepAliveS)));
        words.addAll(List.of("--backlog", Integer.toString(backlog)));
        if (topic) {
            words.add(durable ? "--durable" : "--topic");
        }
        if (reconnect) {
            words.add("--reconnect");
        }
        return words;
    }

    boolean transacted() {
        return transactedBatch > 0;
    }

    boolean paced() {
        return ratePerSecond > 0;
    }

    /** How often each message must arrive. */
    int copies() {
        return topic ? consumers : 1;
    }

    String inWords() {
        StringBuilder words = new StringBuilder();
        words.append(String.format(
                Locale.ROOT,
                "%d producers, %d consumers, %s, %s %d B bodies, %s sends, %s",
                producers,
                consumers,
                destinations(),
                persistent ? "persistent" : "non-persistent",
                sizeBytes,
                syncSends && !transacted() ? "synchronous" : "asynchronous",
                transacted() ? "transactions of " + transactedBatch : "auto-ack"));
        if (paced()) {
            words.append(", ").append(ratePerSecond).append(" msg/s by the clock");
        }
        if (backlog > 0) {
            words.append(", ").append(backlog).append(" messages wait");
        }
        if (idle > 0) {
            words.append(", ").append(idle).append(" idle connections");
        }
        if (reconnect) {
            words.append(", a connection for each send");
        }
        return words.toString();
    }

    private String destinations() {
        if (topic) {
            return durable ? "one topic, durable subscriptions" : "one topic";
        }
        return queues == 1 ? "one queue" : queues + " queues";
    }
}
