package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.perf.Figure.Target;
import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void shouldHoldTheRatioToItsBound() {
        assertThat(Target.ratioAtLeast(10).verdict(1, 10, true)).isEqualTo("PASS");
        assertThat(Target.ratioAtLeast(10).verdict(50, 9.9, true)).isEqualTo("FAIL");
        assertThat(Target.ratioAtMost(1).verdict(50, 1.01, true)).isEqualTo("FAIL");
    }

    @Test
    void shouldNotJudgeARatioWithoutTheOtherBroker() {
        assertThat(Target.ratioAtLeast(10).verdict(1, Double.NaN, false)).isEqualTo("-");
    }

    @Test
    void shouldFailARunWithoutAFigure() {
        assertThat(Target.atLeast(0.95).verdict(Double.NaN, Double.NaN, true)).isEqualTo("FAIL");
        assertThat(Target.ratioAtLeast(10).verdict(Double.NaN, Double.NaN, true))
                .isEqualTo("FAIL");
    }

    @Test
    void shouldNotJudgeWhatHasNoTarget() {
        assertThat(Target.NONE.verdict(1, 1, true)).isEqualTo("-");
    }
}
