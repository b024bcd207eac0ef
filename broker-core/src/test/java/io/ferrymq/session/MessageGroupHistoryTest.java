package io.ferrymq.session;

import io.ferrymq.session.GroupHistory.Step;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Histories of a queue of grouped messages, made at random from fixed seeds. A failure names its seed; {@code -Dferrymq.seed=...} plays that history
 * alone, or any other.
 */
class MessageGroupHistoryTest {
    private static final int STEPS = 250;
    private static final int HISTORIES = 400;

    @Test
    void shouldKeepTheRulesOfGroupsAndLetNobodyWaitInVain() {
        Long given = Long.getLong("ferrymq.seed");
        long first = given == null ? 1 : given;
        long last = given == null ? HISTORIES : given;
        for (long seed = first; seed <= last; seed++) {
            try {
                play(new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("play it again with -Dferrymq.seed=" + seed, failure);
            }
        }
    }

    private static void play(Random random) {
        GroupHistory history = new GroupHistory(random);
        Step[] steps = Step.values();
        for (int i = 0; i < STEPS; i++) {
            history.play(steps[random.nextInt(steps.length)]);
        }
        history.consumeAll();
    }
}
