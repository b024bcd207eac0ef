package io.ferrymq.session;

import java.util.List;
import java.util.Random;

/** What a random history leaves to chance. */
final class Chance {
    private static final int RARELY = 8;

    private final Random random;

    Chance(Random random) {
        this.random = random;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** So that there is something to lose when it happens. */
    void rarely(Runnable step) {
        if (random.nextInt(RARELY) == 0) {
            step.run();
        }
    }
}
