package io.ferrymq.perf;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;

/** One run from the first connection to the verdict, on the thread that calls {@link #run}. */
final class LoadRun {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int DRAIN_SECONDS = 60;
    private static final int DRAIN_IDLE_SECONDS = 10;

    private final Scenario scenario;
    private final long brokerPid;
    private final int warmupSeconds;
    private final int measuredSeconds;
    private final ActiveMQConnectionFactory factory;
    private final Window window = new Window();
    private final List<LoadConsumer> consumers = new ArrayList<>();
    private final List<LoadProducer> producers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private LoadRun(Scenario scenario, Arguments arguments) {
        this.scenario = scenario;
        this.brokerPid = Long.parseLong(arguments.required("--pid"));
        this.warmupSeconds = arguments.count("--warmup", 5, 0, 3_600);
        this.measuredSeconds = arguments.count("--seconds", 15, 1, 3_600);
        this.factory = new ActiveMQConnectionFactory(arguments.required("--url"));
        factory.setAlwaysSyncSend(scenario.syncSends() && !scenario.transacted());
        factory.setUseAsyncSend(!scenario.syncSends());
    }

    static LoadRun of(Arguments arguments) {
        return new LoadRun(Scenario.from(arguments), arguments);
    }

    RunResult run() throws JMSException, InterruptedException {
        connect();
        threads.forEach(Thread::start);
        pass("warm-up", warmupSeconds);
        long ownPid = ProcessHandle.current().pid();
        ProcessUsage brokerBefore = ProcessUsage.of(brokerPid);
        ProcessUsage clientBefore = ProcessUsage.of(ownPid);
        long startNs = System.nanoTime();
        window.open();
        say("window open");
        pass("measure", measuredSeconds);
        window.close();
        double seconds = (System.nanoTime() - startNs) / 1e9;
        ProcessUsage client = ProcessUsage.of(ownPid).since(clientBefore);
        ProcessUsage broker = ProcessUsage.of(brokerPid).since(brokerBefore);
        say("window close");
        finish();
        return result(seconds, broker, client);
    }

    private void connect() throws JMSException {
        Destination destination = scenario.topic() ? new ActiveMQTopic("perf") : new ActiveMQQueue("perf");
        for (int i = 0; i < scenario.consumers(); i++) {
            consumers.add(new LoadConsumer(i, scenario, window, connection("consumer " + i), destination));
        }
        for (int i = 0; i < scenario.producers(); i++) {
            LoadProducer producer = new LoadProducer(i, scenario, window, connection("producer " + i), destination);
            producers.add(producer);
            Thread thread = new Thread(producer, "producer-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    private Connection connection(String owner) throws JMSException {
        Connection connection = factory.createConnection();
        connection.setExceptionListener(e -> window.fail(owner, e));
        return connection;
    }

    /** Waits while the clients work and tells the rate of each second; ends early when one has failed. */
    private void pass(String phase, int seconds) {
        long startNs = System.nanoTime();
        long endNs = startNs + TimeUnit.SECONDS.toNanos(seconds);
        long toldNs = startNs;
        long told = received();
        while (System.nanoTime() < endNs && window.problem().isEmpty()) {
            LockSupport.parkNanos(Math.min(STEP_NS, endNs - System.nanoTime()));
            long nowNs = System.nanoTime();
            if (nowNs - toldNs >= TimeUnit.SECONDS.toNanos(1)) {
                long rate = Math.round((received() - told) / ((nowNs - toldNs) / 1e9));
                say("progress " + phase + " " + TimeUnit.NANOSECONDS.toSeconds(nowNs - startNs) + " " + rate);
                told = received();
                toldNs = nowNs;
            }
        }
    }

    private void finish() throws InterruptedException {
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
    }

    /** Waits for the last expected message, then one quiet second for any that should not come. */
    private void drain(long deadlineNs) {
        long expected = confirmed() * scenario.copies();
        long idleSinceNs = System.nanoTime();
        long before = received();
        long idleNs = TimeUnit.SECONDS.toNanos(before >= expected ? 1 : DRAIN_IDLE_SECONDS);
        while (System.nanoTime() < deadlineNs && System.nanoTime() - idleSinceNs < idleNs) {
            LockSupport.parkNanos(STEP_NS);
            if (received() != before) {
                before = received();
                idleSinceNs = System.nanoTime();
                idleNs = TimeUnit.SECONDS.toNanos(before >= expected ? 1 : DRAIN_IDLE_SECONDS);
            }
        }
    }

    private RunResult result(double seconds, ProcessUsage broker, ProcessUsage client) {
        if (!window.problem().isEmpty()) {
            return RunResult.failed(window.problem(), confirmed(), received());
        }
        long[] sent = producers.stream().mapToLong(LoadProducer::confirmed).toArray();
        List<Receipts> receipts = consumers.stream().map(LoadConsumer::receipts).toList();
        Verdict verdict = Verdict.of(sent, receipts, scenario.topic());
        if (!verdict.problem().isEmpty()) {
            return RunResult.failed(verdict.problem(), confirmed(), received());
        }
        return figures(seconds, broker, client);
    }

    private RunResult figures(double seconds, ProcessUsage broker, ProcessUsage client) {
        Latency sends = new Latency();
        producers.forEach(producer -> sends.add(producer.latency()));
        Latency endToEnd = new Latency();
        consumers.forEach(consumer -> endToEnd.add(consumer.latency()));
        long messages = endToEnd.count();
        if (sends.count() == 0 || messages == 0) {
            return RunResult.failed("nothing was sent or received in the measured window", confirmed(), received());
        }
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.RATE, messages / seconds);
        values.put(Metric.SEND_P50_MS, sends.millisAt(50));
        values.put(Metric.SEND_P99_MS, sends.millisAt(99));
        values.put(Metric.END_TO_END_P50_MS, endToEnd.millisAt(50));
        values.put(Metric.END_TO_END_P99_MS, endToEnd.millisAt(99));
        values.put(Metric.BROKER_CPU_US, (double) broker.cpuUs() / messages);
        values.put(Metric.BROKER_JIT_US, (double) broker.compilerUs() / messages);
        values.put(Metric.CLIENT_CPU_US, (double) client.cpuUs() / messages);
        values.put(Metric.BROKER_RSS_MB, broker.residentBytes() / (double) (1 << 20));
        return RunResult.measured(values, confirmed(), received());
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
