package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.Verdict;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Kills a broker process under load again and again. What it acknowledged must be there afterwards, in order, and what comes twice must say so.
 *
 * <p>{@code -Dkill.cycles} says how often, {@code -Dkill.seed} repeats the moments of an earlier run, {@code -Dinterop.broker=classic} takes the original.
 */
final class KillNineTest {
    private static final int CLIENTS = 4;
    private static final int FLOWING = 20;
    private static final int SHORTEST_MS = 100;
    private static final int LONGEST_MS = 800;

    private final Ledger ledger = new Ledger();
    private final Queue queue = new ActiveMQQueue("remember.kill.nine");
    private final List<LedgerProducer> producers = new ArrayList<>();
    private final List<LedgerConsumer> consumers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService fate = Executors.newSingleThreadScheduledExecutor();
    private ChildBroker broker;

    @BeforeEach
    void prepare() throws IOException {
        Path target = Files.createDirectories(Path.of("target", "kill-nine"));
        Path data = Files.createTempDirectory(target, "broker").toAbsolutePath();
        broker = "classic".equals(System.getProperty("interop.broker"))
                ? ChildBroker.classic(data)
                : ChildBroker.ferryJar(data);
        LedgerConsumer.Mode[] modes = LedgerConsumer.Mode.values();
        for (int n = 0; n < CLIENTS; n++) {
            producers.add(new LedgerProducer("p" + n, ledger, queue));
            consumers.add(new LedgerConsumer("c" + n, ledger, queue, modes[n % modes.length]));
        }
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
        fate.shutdownNow();
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void shouldLoseNothingAcknowledgedWhenKilledAgainAndAgain() throws Exception {
        int cycles = Integer.getInteger("kill.cycles", 20);
        String wantedSeed = System.getProperty("kill.seed", "");
        long seed = wantedSeed.isBlank() ? System.nanoTime() : Long.parseLong(wantedSeed);
        System.out.println("kill -9: cycles=" + cycles + ", seed=" + seed);
        Random random = new Random(seed);
        for (int cycle = 1; cycle <= cycles; cycle++) {
            int afterMs = SHORTEST_MS + random.nextInt(LONGEST_MS - SHORTEST_MS + 1);
            runAndKill(afterMs);
            System.out.println("kill -9: cycle=" + cycle + "/" + cycles + ", afterMs=" + afterMs + ", sent="
                    + ledger.sendCount() + ", delivered=" + ledger.sightingCount());
        }
        drain();

        Verdict verdict = ledger.verdict();

        System.out.println("kill -9: seed=" + seed + ", " + verdict.report());
        assertThat(verdict.totals().acked()).isGreaterThan((long) cycles * FLOWING / 2);
        assertThat(verdict.clean()).as("seed " + seed + "\n" + verdict.report()).isTrue();
    }

    private void runAndKill(int afterMs) throws Exception {
        broker.start();
        long sentBefore = ledger.sendCount();
        long seenBefore = ledger.sightingCount();
        List<Future<?>> ends = new ArrayList<>();
        for (LedgerProducer producer : producers) {
            ends.add(untilBroken(() -> producer.sendWhile(() -> true, factory())));
        }
        for (LedgerConsumer consumer : consumers) {
            ends.add(untilBroken(() -> consumer.receiveWhile(() -> true, factory())));
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        ledger.sendCount() > sentBefore + FLOWING && ledger.sightingCount() > seenBefore + FLOWING);
        fate.schedule(broker::kill, afterMs, TimeUnit.MILLISECONDS).get();
        for (Future<?> end : ends) {
            end.get(60, TimeUnit.SECONDS);
        }
    }

    /** Consumes what is left until the broker has nothing more. */
    private void drain() throws Exception {
        broker.start();
        LedgerConsumer last = new LedgerConsumer("drain", ledger, queue, LedgerConsumer.Mode.AUTO);
        AtomicBoolean drained = new AtomicBoolean();
        Future<?> end = untilBroken(() -> last.receiveWhile(() -> !drained.get(), factory()));
        await().atMost(Duration.ofSeconds(120)).until(this::nothingLeft);
        drained.set(true);
        end.get(30, TimeUnit.SECONDS);
    }

    private boolean nothingLeft() throws JMSException {
        ActiveMQConnectionFactory factory = factory();
        var connection = factory.createConnection();
        try {
            connection.start();
            var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            return !session.createBrowser(queue).getEnumeration().hasMoreElements();
        } finally {
            connection.close();
        }
    }

    /** Redeliveries without end: a message that had the bad luck of several kills must not end as a dead letter. */
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
