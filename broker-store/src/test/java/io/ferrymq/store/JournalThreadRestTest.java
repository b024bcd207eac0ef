package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When the journal's own thread rests, for how long, and what ends it. */
final class JournalThreadRestTest extends JournalThreadBench {
    @Test
    void shouldNotBeWokenInItsNapByWhatNobodyWaitsFor() {
        offer(true);
        whileItRests(0, () -> offer(false));

        run();

        assertThat(parking.rests.get(0)).isEqualTo(NAP_NS);
        assertThat(watch.position()).isEqualTo(2);
    }

    @Test
    void shouldBeWokenInItsNapByWhatSomebodyWaitsFor() {
        offer(true);
        whileItRests(1, () -> {
            offer(false);
            offer(true);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(3));

        run();
    }

    @Test
    void shouldBeWokenInItsNapOnceItsQueueIsHalfFull() {
        offer(true);
        whileItRests(0, () -> offer(QUEUE_ENTRIES / 2));
        whileItRests(1, () -> offer(QUEUE_ENTRIES / 2 + 1));

        run();
    }

    private void offer(int entries) {
        for (int i = 0; i < entries; i++) {
            offer(false);
        }
    }

    @Test
    void shouldSleepDeeplyBehindANapWithoutWorkAndBeWokenByAnything() {
        offer(true);
        whileItRests(0, () -> sleepOver(NAP_NS));
        whileItRests(1, () -> offer(false));

        run();

        assertThat(parking.rests).startsWith(NAP_NS, DEEP_NS, NAP_NS);
    }

    /** It is to go with the next batch and not by itself, and whoever runs what that sync has covered need not hurry for it. */
    @Test
    void shouldLeaveLyingWhatNobodyWaitsForAndCameDuringASync() {
        List<Long> room = new ArrayList<>();
        whenDurable = idle -> {
            offer(false);
            assertThat(idle.getAsBoolean()).isTrue();
            room.add(engine.room());
        };
        offer(true);
        whileItRests(0, () -> assertThat(engine.room()).isEqualTo(room.get(0)));
        whileItRests(0, () -> assertThat(engine.room()).isLessThan(room.get(0)));

        run();

        assertThat(parking.rests).startsWith(NAP_NS, NAP_NS);
    }

    @Test
    void shouldNotRestBeforeWhatIsWaitedForAndCameDuringASyncIsDurable() {
        whenDurable = idle -> {
            offer(true);
            assertThat(idle.getAsBoolean()).isFalse();
        };
        offer(true);
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(2));

        run();
    }

    /** What came first in the nap has lain there for all of it, as far as the writer knows. */
    @Test
    void shouldCountTheLazySyncFromWhenItBeganToRest() {
        offer(true);
        whileItRests(0, () -> {
            offer(false);
            sleepOver(NAP_NS);
        });
        whileItRests(0, () -> sleepOver(LAZY_SYNC_MS * MS - NAP_NS - 1));
        whileItRests(0, () -> {
            assertThat(watch.position()).isEqualTo(1);
            sleepOver(1);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(2));

        run();

        assertThat(parking.rests).startsWith(NAP_NS, NAP_NS, 1L);
    }

    /** A deep sleep is ended by whatever comes, so that nothing has lain there. */
    @Test
    void shouldNotCountTheLazySyncFromBeforeWhatEndsADeepSleep() {
        whileItRests(1, () -> {
            sleepOver(LAZY_SYNC_MS * MS);
            offer(false);
        });
        whileItRests(0, () -> {
            assertThat(watch.position()).isZero();
            sleepOver(LAZY_SYNC_MS * MS);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(1));

        run();
    }

    /** A nap longer than that would break what lazySyncMs promises. */
    @Test
    void shouldSyncAtOnceWhatHasLainThereForTheWholeTime() {
        offer(true);
        whileItRests(0, () -> {
            offer(false);
            sleepOver(LAZY_SYNC_MS * MS);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(2));

        run();
    }
}
