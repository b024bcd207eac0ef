package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.MessageKey;
import io.ferrymq.testkit.ledger.Sighting;
import io.ferrymq.testkit.ledger.Verdict;
import io.ferrymq.testkit.reliability.Trial;
import jakarta.jms.Queue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills a broker process under load again and again. What it acknowledged must be there afterwards, in order, a transaction in whole or not at all, and what
 * comes twice must say so.
 *
 * <p>{@code -Dreliability.kills} says how often, {@code -Dreliability.seed} repeats the moments of an earlier run, {@code -Dinterop.broker=classic} takes the
 * original. The profile {@code reliability} runs it with each engine and with the others.
 */
@Tag("reliability")
final class KillNineTest {
    private static final int CLIENTS = 4;
    private static final int PER_COMMIT = 5;
    private static final int FLOWING = 20;
    private static final int SHORTEST_MS = 100;
    private static final int LONGEST_MS = 800;
    /** Snapshots as often as can be: some kills are to come while one is written. */
    private static final String SETTINGS = "store:\n  snapshotEveryBytes: 1MiB\n";

    private final Ledger ledger = new Ledger();
    private final Queue queue = new ActiveMQQueue("remember.kill.nine");
    private final List<LedgerProducer> producers = new ArrayList<>();
    private final List<LedgerConsumer> consumers = new ArrayList<>();
    private final ScheduledExecutorService fate = Executors.newSingleThreadScheduledExecutor();
    private ChildBroker broker;
    private RigLoad load;
    private long slowestMs;

    static List<RigBroker> brokers() {
        return RigSettings.list("reliability.killed", "auto").stream()
                .map(RigBroker::new)
                .toList();
    }

    @AfterEach
    void end() {
        fate.shutdownNow();
        if (broker != null) {
            load.close();
            broker.close();
        }
    }

    @ParameterizedTest
    @MethodSource("brokers")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldLoseNothingAcknowledgedWhenKilledAgainAndAgain(RigBroker killed) throws Exception {
        int cycles = Integer.getInteger("reliability.kills", 20);
        long seed = RigSettings.seed();
        System.out.println("kill -9: broker=" + killed + ", cycles=" + cycles + ", seed=" + seed);
        Random random = new Random(seed);
        prepare(killed);
        for (int cycle = 1; cycle <= cycles; cycle++) {
            int afterMs = SHORTEST_MS + random.nextInt(LONGEST_MS - SHORTEST_MS + 1);
            runAndKill(afterMs);
            System.out.println("kill -9: cycle=" + cycle + "/" + cycles + ", afterMs=" + afterMs + ", sent="
                    + ledger.sendCount() + ", delivered=" + ledger.sightingCount());
        }
        start();
        load.drain("drain", queue);

        Verdict verdict = ledger.verdict();

        RigSettings.table()
                .add(new Trial(
                        new Trial.Setting("kill -9", killed.name(), "here", "sends, acks, transactions"),
                        cycles,
                        Trial.Losses.of(verdict),
                        slowestMs,
                        seed));
        System.out.println("kill -9: seed=" + seed + ", " + verdict.report());
        assertThat(verdict.totals().acked()).isGreaterThan((long) cycles * FLOWING / 2);
        if (killed.ferry()) {
            assertThat(verdict.clean())
                    .as("seed " + seed + "\n" + verdict.report())
                    .isTrue();
            assertThat(halfCommits()).as("seed " + seed).isEmpty();
        }
    }

    private void prepare(RigBroker killed) throws IOException {
        Path target = Files.createDirectories(Path.of("target", "kill-nine"));
        Path work = Files.createTempDirectory(target, killed.name()).toAbsolutePath();
        broker = "classic".equals(System.getProperty("interop.broker"))
                ? ChildBroker.classic(work.resolve("data"))
                : killed.at(work.resolve("data"), work, SETTINGS);
        load = new RigLoad(ledger, broker);
        LedgerConsumer.Mode[] modes = LedgerConsumer.Mode.values();
        for (int n = 0; n < CLIENTS; n++) {
            String name = RigLoad.producerPrefix(queue) + n;
            producers.add(
                    n == 0
                            ? LedgerProducer.transacted(name, ledger, queue, PER_COMMIT)
                            : new LedgerProducer(name, ledger, queue));
            consumers.add(new LedgerConsumer("c" + n, ledger, queue, modes[n % modes.length]));
        }
    }

    private void start() {
        long began = System.nanoTime();
        broker.start();
        slowestMs = Math.max(slowestMs, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    private void runAndKill(int afterMs) throws ExecutionException, InterruptedException, TimeoutException {
        start();
        producers.forEach(producer -> load.send(producer, () -> true));
        consumers.forEach(consumer -> load.receive(consumer, () -> true));
        load.awaitFlow(FLOWING, FLOWING);
        fate.schedule(broker::kill, afterMs, TimeUnit.MILLISECONDS).get();
        load.awaitEnd();
    }

    /** Transactions of which some messages came and others did not. */
    private List<LedgerProducer.Commit> halfCommits() {
        Set<MessageKey> seen =
                new HashSet<>(ledger.sightings().stream().map(Sighting::key).toList());
        return producers.stream()
                .flatMap(producer -> producer.inDoubt().stream())
                .filter(commit -> LongStream.rangeClosed(commit.first(), commit.last())
                                .mapToObj(number -> seen.contains(new MessageKey(commit.producer(), number)))
                                .distinct()
                                .count()
                        > 1)
                .toList();
    }
}
