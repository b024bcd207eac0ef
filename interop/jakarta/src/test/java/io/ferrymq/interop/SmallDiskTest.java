package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.Verdict;
import io.ferrymq.testkit.reliability.Trial;
import jakarta.jms.Queue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.command.ActiveMQQueue;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A real disk that gets full, by the broker's own messages or by a stranger's file. Producers are held, consumers take what is there, everything goes on by itself
 * when there is room, and nothing acknowledged is lost. Needs root and loop devices; the profile {@code reliability} runs it, on each Java of
 * {@code -Dreliability.javas}.
 */
@Tag("reliability")
@EnabledIfSystemProperty(named = "reliability.fills", matches = "[1-9][0-9]*")
final class SmallDiskTest {
    private static final int PRODUCERS = 4;
    private static final int BODY = 32_000;
    private static final int FLOWING = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(240);
    /** So long without an answer is a held producer. */
    private static final Duration HELD = Duration.ofSeconds(5);

    private final Ledger ledger = new Ledger();
    private final Queue queue = new ActiveMQQueue("small.disk");
    private final AtomicBoolean sending = new AtomicBoolean();
    private CutDisk disk;
    private ChildBroker broker;
    private RigLoad load;
    private long slowestMs;
    private int phases;

    static List<Arguments> cells() {
        List<Arguments> cells = new ArrayList<>();
        for (String fileSystem : RigSettings.list("reliability.fs", "ext4,xfs")) {
            for (String engine : RigSettings.list("reliability.filled", "nio,chronicle")) {
                for (String java : RigSettings.list("reliability.javas", System.getProperty("java.home"))) {
                    cells.add(Arguments.of(fileSystem, new RigBroker(engine), java));
                }
            }
        }
        return cells;
    }

    @AfterEach
    void end() throws IOException {
        sending.set(false);
        if (broker != null) {
            load.close();
            broker.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldHoldProducersAndLoseNothingWhenItsOwnMessagesFillTheDisk(
            String fileSystem, RigBroker filled, String java) throws Exception {
        prepare(fileSystem, filled, java);
        for (int fill = 1; fill <= Integer.getInteger("reliability.fills"); fill++) {
            start();
            send();
            awaitHeld();
            goOn();
        }
        judge(fileSystem, filled, "filled by us", java);
    }

    @ParameterizedTest
    @MethodSource("cells")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void shouldHoldProducersAndLoseNothingWhenAStrangerFillsTheDisk(String fileSystem, RigBroker filled, String java)
            throws Exception {
        prepare(fileSystem, filled, java);
        Path stranger = disk.root().resolve("stranger");
        for (int fill = 1; fill <= Integer.getInteger("reliability.fills"); fill++) {
            start();
            send();
            load.awaitFlow(FLOWING, 0);
            fill(stranger);
            awaitHeld();
            AtomicBoolean more = new AtomicBoolean(true);
            long seen = ledger.sightingCount();
            load.receive(new LedgerConsumer("c" + fill, ledger, queue, LedgerConsumer.Mode.CLIENT), more::get);
            await().atMost(PATIENCE).until(() -> ledger.sightingCount() > seen + FLOWING / 2);
            Files.delete(stranger);
            more.set(false);
            goOn();
        }
        judge(fileSystem, filled, "filled by a stranger", java);
    }

    private void prepare(String fileSystem, RigBroker filled, String java) throws IOException {
        Assumptions.assumeTrue(CutDisk.possible(fileSystem), "needs root, loop devices and mkfs." + fileSystem);
        Path target = Files.createDirectories(Path.of("target", "small-disk"));
        Path work = Files.createTempDirectory(target, filled.name()).toAbsolutePath();
        // the smallest xfs there is has 300 MB
        disk = CutDisk.create(work, fileSystem, fileSystem.equals("xfs") ? "320M" : "128M");
        broker = filled.at(disk.root().resolve("data"), work, "store:\n  segmentBytes: 1MiB\n", java);
        load = new RigLoad(ledger, broker);
    }

    private void start() {
        long began = System.nanoTime();
        broker.start();
        slowestMs = Math.max(slowestMs, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        phases++;
    }

    private void send() {
        sending.set(true);
        String prefix = RigLoad.producerPrefix(queue) + phases + ".";
        for (int n = 0; n < PRODUCERS; n++) {
            load.send(LedgerProducer.padded(prefix + n, ledger, queue, BODY), sending::get);
        }
    }

    private void awaitHeld() {
        await("producers are held").atMost(PATIENCE).until(() -> {
            long before = ledger.sendCount();
            try {
                await().pollInterval(Duration.ofMillis(100)).atMost(HELD).until(() -> ledger.sendCount() > before);
                return false;
            } catch (ConditionTimeoutException e) {
                return true;
            }
        });
        assertThat(broker.isAlive()).as("the broker lives").isTrue();
    }

    /** Held producers go on by themselves once there is room, and then stop. */
    private void goOn() throws ExecutionException, InterruptedException, TimeoutException {
        long then = ledger.sendCount();
        load.receive(
                new LedgerConsumer("room" + phases, ledger, queue, LedgerConsumer.Mode.AUTO),
                () -> ledger.sendCount() < then + FLOWING);
        load.awaitFlow(FLOWING, 0);
        sending.set(false);
        load.drain("drain" + phases, queue);
        broker.stop();
    }

    private static void fill(Path stranger) throws IOException {
        try (OutputStream out = Files.newOutputStream(stranger)) {
            while (true) {
                out.write(new byte[16 << 10]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
        }
    }

    private void judge(String fileSystem, RigBroker filled, String phase, String java) {
        Verdict verdict = ledger.verdict();
        String version = Path.of(java).getFileName().toString().replaceAll("\\D*(?:1\\.)?(\\d+).*", "$1");
        Trial.Setting setting = new Trial.Setting("small disk", filled.name(), fileSystem, phase + ", Java " + version);
        RigSettings.table().add(new Trial(setting, phases, Trial.Losses.of(verdict), slowestMs, 0));
        assertThat(verdict.clean()).as(verdict.report()).isTrue();
    }
}
