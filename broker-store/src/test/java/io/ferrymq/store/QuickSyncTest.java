package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuickSyncTest {
    private static final long US = 1_000;
    private static final long QUICK_NS = 500 * US;
    private static final long SLOW_NS = 700 * US;

    private final QuickSync quick = new QuickSync();
    private long nowNs = Long.MAX_VALUE - 1_000 * US; // nanoTime may turn over

    private boolean after(long ns) {
        quick.took(nowNs, nowNs + ns);
        nowNs += ns;
        return quick.isLikely();
    }

    @Test
    void shouldBeLikelyAsLongAsAllAreQuick() {
        assertThat(quick.isLikely()).isTrue();
        assertThat(after(QUICK_NS)).isTrue();
        assertThat(after(QUICK_NS + 1)).isFalse();
    }

    @Test
    void shouldBeLikelyAgainWithTheFirstQuickOneAfterTenTimesAsLong() {
        after(SLOW_NS);
        nowNs += 10 * SLOW_NS - QUICK_NS - 1;
        assertThat(after(QUICK_NS)).isFalse();
        assertThat(after(1)).isTrue();
    }

    /** Under load one in two may be slow, and the quick ones would never be late enough. */
    @Test
    void shouldNotWaitLongerForOthersThatAreSlow() {
        after(SLOW_NS);
        for (int i = 0; i < 10; i++) {
            assertThat(after(SLOW_NS)).isFalse();
        }
        assertThat(after(QUICK_NS)).isTrue();
    }

    @Test
    void shouldNotBeLikelyByTimeAlone() {
        after(SLOW_NS);
        nowNs += 1_000_000_000 * US;
        assertThat(quick.isLikely()).isFalse();
        assertThat(after(SLOW_NS)).isFalse();
    }
}
