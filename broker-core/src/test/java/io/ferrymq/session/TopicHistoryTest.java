package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.session.TopicHistory.Step;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of topics and durable subscriptions. A failure names its seed and tells what has happened; {@code
 * -Dferrymq.seed=...} plays that history again.
 */
class TopicHistoryTest {
    private static final int STEPS = 600;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldGiveEachSubscriptionWhatIsItsLiveAsInAReplay(int shards) {
        Long given = Long.getLong("ferrymq.seed");
        int histories = given == null ? Integer.getInteger("ferrymq.histories", 10) : 1;
        for (int i = 0; i < histories; i++) {
            play(shards, given == null ? new Random().nextLong() : given);
        }
    }

    private static void play(int shards, long seed) {
        Random random = new Random(seed);
        TopicHistory history = new TopicHistory(shards, random);
        try {
            Step[] steps = Step.values();
            for (int i = 0; i < STEPS; i++) {
                history.play(steps[random.nextInt(steps.length)]);
            }
            Bench bench = history.consumeAll();
            assertThat(bench.usedBytes()).as("memory still counted").isZero();
            assertThat(bench.liveRecords())
                    .as("records beside that of the queue")
                    .isOne();
            assertThat(bench.journalStatus().segments()).isLessThan(5);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError(
                    "play it again with -Dferrymq.seed=" + seed + ": shards=" + shards + "\n" + history.told(),
                    failure);
        }
    }
}
