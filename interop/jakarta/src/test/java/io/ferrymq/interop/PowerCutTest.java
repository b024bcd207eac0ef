package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.Verdict;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Cuts the power of a broker's disk under load again and again. What it acknowledged must be there afterwards, in order. Only {@code interop/power-cut} runs
 * it, because it needs root. The ledger is in this JVM, on no disk.
 */
@EnabledIfSystemProperty(named = "power.cuts", matches = "[1-9][0-9]*")
final class PowerCutTest {
    private static final int PRODUCERS = 4;
    private static final int FLOWING = 20;
    private static final int SHORTEST_MS = 100;
    private static final int LONGEST_MS = 4_000;
    private static final int DOUBLE_CUT_EVERY = 3;

    private final String engine = System.getProperty("power.engine", "nio");
    private final String fileSystem = System.getProperty("power.fs", "ext4");
    private final Ledger ledger = new Ledger();
    private final Queue queue = new ActiveMQQueue("power.cut");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService fate = Executors.newSingleThreadScheduledExecutor();
    private final Random random;
    private final long seed;
    private CutDisk disk;
    private ChildBroker broker;

    PowerCutTest() {
        String wanted = System.getProperty("power.seed", "");
        seed = wanted.isBlank() ? System.nanoTime() : Long.parseLong(wanted);
        random = new Random(seed);
    }

    @BeforeEach
    void prepare() throws IOException {
        Path target = Files.createDirectories(Path.of("target", "power-cut"));
        Path work = Files.createTempDirectory(target, engine).toAbsolutePath();
        disk = CutDisk.create(work, fileSystem, System.getProperty("power.disk", "2G"));
        Path settings = work.resolve("ferrymq.yaml");
        Files.writeString(settings, "store:\n  segmentBytes: " + System.getProperty("power.segment", "1MiB") + "\n");
        broker = ChildBroker.ferryJar(
                disk.root().resolve("data"),
                work.resolve("broker.log"),
                List.of("--store-engine", engine, "--config", settings.toString()));
    }

    @AfterEach
    void end() throws IOException {
        threads.shutdownNow();
        fate.shutdownNow();
        if (broker != null) {
            broker.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldLoseNothingAcknowledgedWhenThePowerIsCutAgainAndAgain() throws Exception {
        int cuts = Integer.getInteger("power.cuts");
        for (int cut = 1; cut <= cuts; cut++) {
            int afterMs = SHORTEST_MS + random.nextInt(LONGEST_MS - SHORTEST_MS + 1);
            runAndCut(cut, afterMs);
            if (cut % DOUBLE_CUT_EVERY == 0) {
                broker.start();
                broker.kill();
                disk.cut();
            }
            drain("drain" + cut);
            Verdict verdict = ledger.verdict();
            System.out.println("power cut: engine=" + engine + ", fs=" + fileSystem + ", cut=" + cut + "/" + cuts
                    + ", afterMs=" + afterMs + ", acked=" + verdict.totals().acked() + ", lost="
                    + verdict.lost().size());
            // what was acknowledged by a consumer shortly before the cut may come again, and nobody can know that it
            // did
            assertThat(List.of(verdict.lost(), verdict.unexpected(), verdict.orderViolations()))
                    .as("seed " + seed + "\n" + verdict.report())
                    .allMatch(List::isEmpty);
        }
        System.out.println("power cut: seed=" + seed + ", " + ledger.verdict().report());
    }

    private void runAndCut(int cut, int afterMs) throws Exception {
        broker.start();
        long before = ledger.sendCount();
        List<Future<?>> ends = new ArrayList<>();
        for (int n = 0; n < PRODUCERS; n++) {
            LedgerProducer producer = new LedgerProducer("p" + cut + "." + n, ledger, queue);
            ends.add(untilBroken(() -> producer.sendWhile(() -> true, factory())));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> ledger.sendCount() > before + FLOWING);
        fate.schedule(broker::kill, afterMs, TimeUnit.MILLISECONDS).get();
        disk.cut();
        for (Future<?> end : ends) {
            end.get(60, TimeUnit.SECONDS);
        }
    }

    /** Consumes until nothing acknowledged is missing, or nothing more comes; then stops in order. */
    private void drain(String name) throws JMSException, InterruptedException, ExecutionException, TimeoutException {
        broker.start();
        AtomicBoolean drained = new AtomicBoolean();
        LedgerConsumer last = new LedgerConsumer(name, ledger, queue, LedgerConsumer.Mode.AUTO);
        Future<?> end = untilBroken(() -> last.receiveWhile(() -> !drained.get(), factory()));
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(200))
                .until(this::nothingLeft);
        drained.set(true);
        end.get(30, TimeUnit.SECONDS);
        broker.stop();
    }

    private boolean nothingLeft() throws JMSException {
        Connection connection = factory().createConnection();
        try {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            return !session.createBrowser(queue).getEnumeration().hasMoreElements();
        } finally {
            connection.close();
        }
    }

    private ActiveMQConnectionFactory factory() {
        return new ActiveMQConnectionFactory(broker.uri() + "?jms.redeliveryPolicy.maximumRedeliveries=-1");
    }

    /** Something that ends with an exception when the broker dies. */
    private interface Work {
        void run() throws JMSException;
    }

    private Future<?> untilBroken(Work work) {
        Callable<Boolean> call = () -> {
            try {
                work.run();
                return true;
            } catch (JMSException e) {
                return false;
            }
        };
        return threads.submit(call);
    }
}
