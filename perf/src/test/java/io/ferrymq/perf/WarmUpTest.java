package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {
    private final WarmUp warmUp = new WarmUp();
    private long cpuUs;
    private long compilerUs;

    @Test
    void shouldLastUntilTheCompilerHasBeenQuietForLong() {
        for (int second = 0; second < WarmUp.QUIET_SECONDS; second++) {
            assertThat(isOverAfter(1_000_000, 10_000)).isFalse();
        }
        assertThat(isOverAfter(1_000_000, 10_000)).isTrue();
    }

    @Test
    void shouldGoOnWhileOneOfTheLastSecondsWasTheCompilers() {
        for (int second = 0; second <= WarmUp.QUIET_SECONDS; second++) {
            assertThat(isOverAfter(1_000_000, 600_000)).isFalse();
        }
        for (int second = 1; second < WarmUp.QUIET_SECONDS; second++) {
            assertThat(isOverAfter(1_000_000, 0)).isFalse();
        }
        assertThat(isOverAfter(1_000_000, 0)).isTrue();
    }

    @Test
    void shouldNotBeOverWhereNothingHappens() {
        for (int second = 0; second <= 2 * WarmUp.QUIET_SECONDS; second++) {
            assertThat(isOverAfter(0, 0)).isFalse();
        }
    }

    private boolean isOverAfter(long moreCpuUs, long moreCompilerUs) {
        cpuUs += moreCpuUs;
        compilerUs += moreCompilerUs;
        return warmUp.isOver(new ProcessUsage(cpuUs, compilerUs, 0, 0));
    }
}
