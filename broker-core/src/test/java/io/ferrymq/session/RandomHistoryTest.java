package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.session.RandomHistory.Step;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of the whole core against a model that only counts. A failure names its seed; {@code
 * -Dferrymq.seed=...} plays that history again.
 */
class RandomHistoryTest {
    private static final int STEPS = 1_000;

    @ParameterizedTest
    @CsvSource({"1, 1000000", "4, 1000000", "1, 20000", "4, 20000"})
    void shouldLoseNothingRepeatNothingUnflaggedAndKeepNothing(int shards, long memoryBytes) {
        Long given = Long.getLong("ferrymq.seed");
        int histories = given == null ? 10 : 1;
        for (int i = 0; i < histories; i++) {
            long seed = given == null ? new Random().nextLong() : given;
            try {
                play(shards, memoryBytes, new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(
                        "play it again with -Dferrymq.seed=" + seed + ": shards=" + shards + ", memory=" + memoryBytes,
                        failure);
            }
        }
    }

    /** Compaction wrote a message again with a count of deliveries that was one behind. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldAgreeOnAHistoryThatOnceFailed(int shards) {
        play(shards, 1_000_000, new Random(-951660638421114413L));
    }

    private static void play(int shards, long memoryBytes, Random random) {
        RandomHistory history = new RandomHistory(shards, memoryBytes, random);
        Step[] steps = Step.values();
        for (int i = 0; i < STEPS; i++) {
            history.play(steps[random.nextInt(steps.length)]);
        }
        Bench bench = history.consumeAll();
        assertThat(history.missing()).isEmpty();
        assertThat(bench.usedBytes()).as("memory still counted").isZero();
        assertThat(bench.journalStatus().liveRecords())
                .as("records that keep the disk, beside those of the queues")
                .isEqualTo(history.queueCount());
    }
}
