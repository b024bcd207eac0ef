package io.ferrymq.interop;

import static org.awaitility.Awaitility.await;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.MessageKey;
import io.ferrymq.testkit.ledger.Send;
import io.ferrymq.testkit.ledger.Verdict;
import jakarta.jms.Queue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.command.ActiveMQQueue;

/** A broker on a disk whose power is cut, its clients, and their ledger, which is in this JVM, on no disk. Owned by the test's thread. */
final class PowerCutRig implements AutoCloseable {
    private static final int PRODUCERS = 4;
    private static final int FLOWING = 20;
    private static final int SHORTEST_MS = 100;
    private static final int LONGEST_MS = 4_000;
    /** Longer than a segment of the smallest size takes. */
    private static final int BETWEEN_KEPT = 70;
    /** What a sync itself takes on a busy machine, and the client until it enters in the ledger what was answered. */
    private static final int SYNC_MS = 2_000;

    private final CutPhase phase;
    private final Random random;
    private final Ledger ledger = new Ledger();
    private final Queue queue = new ActiveMQQueue("cut");
    /** Of these nobody takes one until the end: each pins what it is in. */
    private final Queue kept = new ActiveMQQueue("kept");

    private final ScheduledExecutorService fate = Executors.newSingleThreadScheduledExecutor();
    private final CutDisk disk;
    private final ChildBroker broker;
    private final RigLoad load;
    private final SegmentWatch segments;
    private final int mayLoseMs;
    private final Set<MessageKey> excused = new HashSet<>();
    private long slowestMs;
    private long startMs;
    private int aimed;

    PowerCutRig(RigBroker under, CutPhase phase, String fileSystem, Path work, Random random) throws IOException {
        this.phase = phase;
        this.random = random;
        this.mayLoseMs = under.mayLoseMs();
        this.disk = CutDisk.create(work, fileSystem, RigSettings.text("reliability.disk", "2G"));
        Path data = disk.root().resolve("data");
        this.broker = under.at(data, work, phase.settings());
        this.load = new RigLoad(ledger, broker);
        this.segments = new SegmentWatch(data);
    }

    /** Loads the broker, cuts, and lets a consumer take what is there after the recovery. */
    void cycle(int number) throws IOException, ExecutionException, InterruptedException, TimeoutException {
        start();
        send("" + number);
        load.awaitFlow(FLOWING, 0);
        int afterMs = SHORTEST_MS + random.nextInt(LONGEST_MS - SHORTEST_MS + 1);
        fate.schedule(this::aimAndKill, afterMs, TimeUnit.MILLISECONDS).get();
        disk.cut();
        load.awaitEnd();
        if (phase == CutPhase.RECOVERY) {
            long killMs = random.nextLong(startMs * 6 / 5);
            broker.launch();
            fate.schedule(broker::kill, killMs, TimeUnit.MILLISECONDS).get();
            disk.cut();
        }
        start();
        load.drain("drain" + number, queue);
        stop();
    }

    private void send(String cycle) {
        String prefix = RigLoad.producerPrefix(queue) + cycle + ".";
        for (int n = 0; n < PRODUCERS; n++) {
            load.send(LedgerProducer.padded(prefix + n, ledger, queue, phase.bodyBytes()), () -> true);
        }
        if (phase == CutPhase.COMPACTION) {
            String name = RigLoad.producerPrefix(kept) + cycle;
            load.send(LedgerProducer.padded(name, ledger, kept, phase.bodyBytes()), this::afterAnotherSegment);
            load.receive(new LedgerConsumer("c" + cycle, ledger, queue, LedgerConsumer.Mode.AUTO), () -> true);
        }
    }

    private boolean afterAnotherSegment() {
        long next = ledger.sendCount() + BETWEEN_KEPT;
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> ledger.sendCount() >= next || !broker.isAlive());
        return broker.isAlive();
    }

    private void aimAndKill() {
        boolean hit =
                switch (phase) {
                    case ROLL -> segments.awaitNewest();
                    case COMPACTION -> segments.awaitOldest();
                    case SNAPSHOT -> segments.awaitSnapshot();
                    case STEADY, RECOVERY -> true;
                };
        long cutMs = System.currentTimeMillis();
        broker.kill();
        aimed += hit ? 1 : 0;
        if (mayLoseMs > 0) {
            mayLoseSince(cutMs - mayLoseMs - SYNC_MS);
        }
    }

    /** The sync mode promises no more: what comes all the same is welcome, the rest must be there. */
    private void mayLoseSince(long sinceMs) {
        ledger.sends().stream()
                .filter(send -> send.atMs() >= sinceMs)
                .map(Send::key)
                .forEach(excused::add);
    }

    private void start() {
        long began = System.nanoTime();
        broker.start();
        startMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        slowestMs = Math.max(slowestMs, startMs);
    }

    private void stop() {
        broker.stop();
    }

    /** Takes what was kept until now. */
    void end() throws ExecutionException, InterruptedException, TimeoutException {
        start();
        load.drain("kept", kept);
        stop();
    }

    /** What was acknowledged too late to be promised is not lost. */
    Verdict verdict() {
        Verdict all = ledger.verdict();
        List<MessageKey> lost =
                all.lost().stream().filter(key -> !excused.contains(key)).toList();
        return new Verdict(
                all.totals(),
                lost,
                all.unexpected(),
                all.duplicates(),
                all.unflaggedDuplicates(),
                all.orderViolations());
    }

    /** What is lost of the queue that is emptied after each cut. */
    List<MessageKey> lost() {
        String prefix = RigLoad.producerPrefix(queue);
        return verdict().lost().stream()
                .filter(key -> key.producer().startsWith(prefix))
                .toList();
    }

    long slowestMs() {
        return slowestMs;
    }

    /** How many of the cuts came at the moment the phase is about. */
    int aimed() {
        return aimed;
    }

    @Override
    public void close() throws IOException {
        load.close();
        fate.shutdownNow();
        broker.close();
        disk.close();
    }
}
