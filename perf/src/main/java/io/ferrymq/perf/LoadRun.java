package io.ferrymq.perf;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;

/** One run from the first connection to the verdict, on the thread that calls {@link #run}. */
final class LoadRun {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How much longer a window stays open in which nothing has been sent and received yet. */
    private static final int LONGER_SECONDS = 30;

    private static final int DRAIN_SECONDS = 240;
    private static final int DRAIN_IDLE_SECONDS = 15;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final Workload workload;
    private final int warmupSeconds;
    private final long windowNs;
    private final ActiveMQConnectionFactory factory;
    private final LoadMeter meter;
    private final Window window = new Window();
    private final List<Connection> connections = new ArrayList<>();
    private final List<LoadConsumer> consumers = new ArrayList<>();
    private final List<LoadProducer> producers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private LoadRun(Workload workload, Arguments arguments) throws IOException {
        this.workload = workload;
        this.warmupSeconds = arguments.count("--warmup", LoadSettings.WARMUP_SECONDS, 0, 3_600);
        this.windowNs = TimeUnit.MILLISECONDS.toNanos(arguments.count("--window-ms", 15_000, 1, 3_600_000));
        this.factory = new ActiveMQConnectionFactory(arguments.required("--url"));
        this.meter = new LoadMeter(
                Long.parseLong(arguments.required("--pid")),
                (int) Math.max(1, windowNs / SECOND_NS),
                Path.of(arguments.required("--histograms")));
        factory.setAlwaysSyncSend(workload.syncSends() && !workload.transacted());
        factory.setUseAsyncSend(!workload.syncSends());
        if (workload.prefetch() > 0) {
            factory.getPrefetchPolicy().setAll(workload.prefetch());
        }
    }

    static LoadRun of(Arguments arguments) throws IOException {
        return new LoadRun(Workload.from(arguments), arguments);
    }

    RunResult run() throws JMSException, InterruptedException {
        try (meter) {
            connect();
            threads.forEach(Thread::start);
            pass("warm-up", warmupSeconds * SECOND_NS, meter::isWarm);
            say("window open");
            meter.open(received());
            window.open();
            pass("measure", windowNs, this::takeSecond);
            for (int i = 0; i < LONGER_SECONDS && !meter.hasBoth(); i++) {
                pass("measure", SECOND_NS, this::takeSecond);
            }
            window.close();
            meter.take(received());
            say("window close");
        }
        finish();
        return result();
    }

    private void connect() throws JMSException {
        List<? extends Destination> destinations = destinations();
        for (int i = 0; i < workload.consumers(); i++) {
            if (i % workload.spread() == 0) {
                connections.add(connection("consumer " + i, workload.durable() ? "perf-" + i : ""));
            }
            Connection connection = connections.get(connections.size() - 1);
            LoadConsumer consumer = new LoadConsumer(i, workload, window, meter.endToEnd(), connection);
            consumer.subscribe(destinations.get(i % destinations.size()));
            consumers.add(consumer);
        }
        for (Connection connection : connections) {
            connection.start();
        }
        for (int i = 0; i < workload.producers(); i++) {
            String owner = "producer " + i;
            LoadProducer producer =
                    new LoadProducer(i, workload, window, meter.sends(), () -> connection(owner, ""), destinations);
            producer.connect();
            producers.add(producer);
            Thread thread = new Thread(producer, "producer-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    private List<? extends Destination> destinations() {
        if (workload.topic()) {
            return List.of(new ActiveMQTopic("perf"));
        }
        return workload.queues() == 1
                ? List.of(new ActiveMQQueue("perf"))
                : IntStream.range(0, workload.queues())
                        .mapToObj(i -> new ActiveMQQueue("perf." + i))
                        .toList();
    }

    private Connection connection(String owner, String clientId) throws JMSException {
        Connection connection = factory.createConnection();
        if (!clientId.isEmpty()) {
            connection.setClientID(clientId);
        }
        connection.setExceptionListener(e -> window.fail(owner, e));
        return connection;
    }

    private boolean takeSecond() {
        meter.take(received());
        return false;
    }

    /**
     * Waits while the clients work and tells the rate of each second; ends early when one has failed.
     *
     * @param enough asked after each second but the last, ends it early too
     */
    private void pass(String phase, long lengthNs, BooleanSupplier enough) {
        long startNs = System.nanoTime();
        long endNs = startNs + lengthNs;
        long toldNs = startNs;
        long told = received();
        while (System.nanoTime() < endNs && window.problem().isEmpty()) {
            LockSupport.parkNanos(Math.min(STEP_NS, endNs - System.nanoTime()));
            long nowNs = System.nanoTime();
            // what is left of the last second is read when the window is closed
            if (nowNs - toldNs >= SECOND_NS && endNs - nowNs > STEP_NS) {
                long rate = Math.round((received() - told) / ((nowNs - toldNs) / 1e9));
                say("progress " + phase + " " + TimeUnit.NANOSECONDS.toSeconds(nowNs - startNs) + " " + rate);
                told = received();
                toldNs = nowNs;
                if (enough.getAsBoolean()) {
                    return;
                }
            }
        }
    }

    private void finish() throws JMSException, InterruptedException {
        window.stopSending();
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime())));
            if (thread.isAlive()) {
                window.fail(thread.getName(), new IllegalStateException("a send is still unanswered"));
            }
        }
        drain(deadlineNs);
        consumers.forEach(LoadConsumer::close);
        for (Connection connection : connections) {
            connection.close();
        }
    }

    /** Waits for the last expected message, then a quiet second, or what a shorter window lasted, for any that should not come. */
    private void drain(long deadlineNs) {
        long expected = confirmed() * workload.copies();
        long idleSinceNs = System.nanoTime();
        long before = received();
        long idleNs = quietNs(before >= expected);
        while (System.nanoTime() < deadlineNs && System.nanoTime() - idleSinceNs < idleNs) {
            LockSupport.parkNanos(STEP_NS);
            if (received() != before) {
                before = received();
                idleSinceNs = System.nanoTime();
                idleNs = quietNs(before >= expected);
            }
        }
        if (before < expected && System.nanoTime() >= deadlineNs) {
            window.fail("drain", new IllegalStateException("not done after " + DRAIN_SECONDS + " s"));
        }
    }

    private long quietNs(boolean complete) {
        return complete ? Math.min(SECOND_NS, windowNs) : DRAIN_IDLE_SECONDS * SECOND_NS;
    }

    private RunResult result() {
        if (!window.problem().isEmpty()) {
            return RunResult.failed(window.problem(), confirmed(), received());
        }
        long[] sent = producers.stream().mapToLong(LoadProducer::confirmed).toArray();
        List<Receipts> receipts = consumers.stream().map(LoadConsumer::receipts).toList();
        Verdict verdict = Verdict.of(sent, receipts, workload.topic());
        if (!verdict.problem().isEmpty()) {
            return RunResult.failed(verdict.problem(), confirmed(), received());
        }
        if (meter.isEmpty()) {
            return RunResult.failed("nothing was sent or received in the measured window", confirmed(), received());
        }
        return RunResult.measured(meter.values(), meter.trace(), confirmed(), received());
    }

    private long confirmed() {
        return producers.stream().mapToLong(LoadProducer::confirmed).sum();
    }

    private long received() {
        return consumers.stream().mapToLong(LoadConsumer::count).sum();
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
