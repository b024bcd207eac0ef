package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.Records;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others write while the journal's own thread rests, and what they leave to it. */
final class JournalThreadLendingTest extends JournalThreadBench {
    /** Zeros are written by a thread of their own. */
    private void awaitSpace() {
        await().atMost(Duration.ofSeconds(30)).until(() -> engine.isReady(Stores.SEGMENT / 4));
    }

    private void putQuietly(JournalEntry entry) {
        assertThat(thread.put(entry)).isTrue();
    }

    private void bring(int bodyBytes) {
        putQuietly(Records.awaited(Records.message(++sequence, bodyBytes)));
        thread.writeHere();
    }

    @Test
    void shouldLetOthersWriteWhatIsWaitedForWhileItNaps() {
        offer(true);
        whileItRests(0, () -> {
            awaitSpace();
            bring(10);
            assertThat(watch.position()).isEqualTo(2);
            bring(10);
            assertThat(watch.position()).isEqualTo(3);
        });

        run();

        assertThat(parking.rests).startsWith(NAP_NS, NAP_NS);
    }

    @Test
    void shouldNotSleepDeeplyWhileOthersWrite() {
        whileItRests(1, () -> {
            awaitSpace();
            bring(10);
            assertThat(watch.position()).isEqualTo(1);
        });

        run();

        assertThat(parking.rests).startsWith(DEEP_NS, NAP_NS);
    }

    @Test
    void shouldLetOthersLeaveLyingWhatNobodyWaitsFor() {
        offer(true);
        whileItRests(0, () -> {
            awaitSpace();
            long room = engine.room();
            putQuietly(Records.lazy(Records.removed(++sequence)));
            thread.writeHere();
            assertThat(engine.room()).isEqualTo(room);
            bring(10);
            assertThat(watch.position()).isEqualTo(3);
        });

        run();
    }

    @Test
    void shouldBeWokenFromADeepSleepForWhatNobodyWaitsFor() {
        whileItRests(1, () -> {
            putQuietly(Records.lazy(Records.removed(++sequence)));
            thread.writeHere();
        });

        run();
    }

    /** They have other things to do than to stand still with the disk. */
    @Test
    void shouldWriteItselfForAWhileAfterASlowSync() {
        long slowNs = 2 * MS;
        offer(true);
        engine.syncNs = slowNs;
        whileItRests(1, () -> {
            awaitSpace();
            bring(10);
            assertThat(watch.position()).isEqualTo(1);
            engine.syncNs = 0;
        });
        whileItRests(1, () -> {
            assertThat(watch.position()).isEqualTo(2);
            sleepOver(10 * slowNs - 1);
            bring(10);
        });
        whileItRests(1, () -> {
            sleepOver(1);
            bring(10);
            assertThat(watch.position())
                    .as("until it has seen itself that the disk is quick")
                    .isEqualTo(3);
        });
        whileItRests(0, () -> {
            bring(10);
            assertThat(watch.position()).isEqualTo(5);
        });

        run();
    }

    @Test
    void shouldNeverLetOthersTryADiskThatIsAlwaysSlow() {
        engine.syncNs = 10 * MS;
        offer(true);
        for (int i = 0; i < 4; i++) {
            long position = 1 + i;
            whileItRests(1, () -> {
                awaitSpace();
                sleepOver(200 * MS);
                bring(10);
                assertThat(watch.position()).isEqualTo(position);
            });
        }

        run();
    }

    @Test
    void shouldNoticeThatAWriteOfOthersWasSlow() {
        offer(true);
        whileItRests(0, () -> {
            awaitSpace();
            engine.writeNs = 2 * MS;
            bring(10);
            assertThat(watch.position()).isEqualTo(2);
        });
        whileItRests(1, () -> bring(10));

        run();
    }

    @Test
    void shouldLetNobodyWriteWhoIsInterrupted() {
        offer(true);
        whileItRests(1, () -> {
            awaitSpace();
            Thread.currentThread().interrupt();
            bring(10);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(watch.position()).isEqualTo(1);
        });

        run();
    }

    @Test
    void shouldWriteItselfWhatIsLargeOrMayNeedANewSegment() {
        offer(true);
        whileItRests(1, () -> {
            awaitSpace();
            bring(Stores.SEGMENT / 7);
            assertThat(watch.position()).isEqualTo(1);
        });
        for (int i = 0; i < 5; i++) {
            whileItRests(1, () -> bring(Stores.SEGMENT / 7));
        }
        whileItRests(1, () -> {
            long before = watch.position();
            assertThat(engine.room()).isLessThan(Stores.SEGMENT / 4);
            bring(10);
            assertThat(watch.position()).isEqualTo(before);
        });

        run();

        assertThat(watch.position()).isEqualTo(sequence);
    }

    /** Whose rounds then have no sync of their own. */
    @Test
    void shouldDropSegmentsWhileOthersDoTheSyncs() {
        for (int i = 0; i < 8; i++) {
            putQuietly(Records.awaited(Records.message(++sequence, Stores.SEGMENT / 7)));
        }
        whileItRests(0, () -> {
            awaitSpace();
            for (long lsn = 1; lsn <= 6; lsn++) {
                releases.add(lsn);
            }
            bring(10);
            putQuietly(Records.lazy(Records.removed(++sequence)));
        });
        whileItRests(0, () -> {
            bring(10);
            assertThat(engine.drops).as("left for its own thread").isZero();
            putQuietly(Records.lazy(Records.removed(++sequence)));
        });
        whileItRests(0, () -> assertThat(engine.drops).isEqualTo(1));

        run();
    }

    @Test
    void shouldFirstLookWhetherTheDirectoryIsStillOurs() {
        offer(true);
        whileItRests(1, () -> {
            awaitSpace();
            sleepOver(DEEP_NS);
            bring(10);
            assertThat(watch.position()).isEqualTo(1);
        });
        whileItRests(0, () -> bring(10));

        run();
    }

    @Test
    void shouldEndWithAFaultThatOthersMeet() {
        offer(true);
        parking.steps.add(() -> {
            awaitSpace();
            engine.broken = true;
            bring(10);
            int syncs = engine.syncs;
            bring(10);
            assertThat(engine.syncs).as("nothing after a fault").isEqualTo(syncs);
        });

        thread.run();

        assertThat(thread.failure()).hasStackTraceContaining("the disk is broken");
        assertThat(watch.position()).isEqualTo(1);
        assertThat(thread.put(Records.awaited(Records.message(9, 1)))).isFalse();
        thread.writeHere();
    }

    @Test
    void shouldLetOneAtATimeWriteAndLeaveNothingLying() throws InterruptedException {
        int each = 300;
        thread = threadThatRestsBy(Parking.ofThreads());
        Thread own = new Thread(thread, "own");
        own.start();
        thread.opened.await();
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long first = i * each;
            others.add(new Thread(() -> {
                for (int j = 0; j < each; j++) {
                    JournalEntry entry = Records.awaited(Records.message(first + j + 1, 10));
                    assertThat(thread.put(entry)).isTrue();
                    thread.writeHere();
                    watch.awaitDurable(entry);
                }
            }));
        }
        others.forEach(Thread::start);
        for (Thread other : others) {
            other.join();
        }
        thread.stop();
        thread.stopped.await();
        assertThat(thread.failure()).isNull();
        assertThat(watch.position()).isEqualTo(3 * each);
        assertThat(engine.meetings.get()).isZero();
    }
}
