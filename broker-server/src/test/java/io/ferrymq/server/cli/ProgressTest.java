package io.ferrymq.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter text = new StringWriter();
    private long nowNs = -5;

    @Test
    void shouldSayNothingWithinTheFirstSecond() {
        Progress progress = progress(10, false);
        advanceMs(999);
        progress.step();

        assertThat(text.toString()).isEmpty();
    }

    @Test
    void shouldTellRateAndTimeLeft() {
        Progress progress = progress(10, false);
        step(progress, 3);
        advanceMs(2_000);
        step(progress, 1);

        assertThat(text.toString().lines()).containsExactly("sent 4 of 10 (40 %), 2 msg/s, 3 s left");
    }

    @Test
    void shouldPrintALineNowAndThenWhereThereIsNoTerminal() {
        Progress progress = progress(0, false);
        for (int i = 0; i < 12; i++) {
            advanceMs(1_000);
            progress.step();
        }

        assertThat(text.toString().lines()).hasSize(3).allMatch(line -> line.matches("sent [0-9]+, 1 msg/s"));
    }

    @Test
    void shouldRewriteItsLineOnATerminal() {
        Progress progress = progress(10, true);
        advanceMs(1_000);
        step(progress, 1);
        advanceMs(250);
        step(progress, 1);

        assertThat(text.toString())
                .startsWith("\rsent 1 of 10")
                .contains("\rsent 2 of 10")
                .doesNotContain("\n");
    }

    @Test
    void shouldSumUpAtTheEnd() {
        Progress progress = progress(0, false);
        step(progress, 1_500);
        advanceMs(500);
        progress.finish();

        assertThat(text.toString()).isEqualToIgnoringNewLines("sent 1,500 messages in 0.5 s (3,000 msg/s)");
    }

    private Progress progress(long total, boolean terminal) {
        return new Progress("sent", total, new PrintWriter(text), terminal, () -> nowNs);
    }

    private void advanceMs(long milliseconds) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }

    private static void step(Progress progress, int times) {
        for (int i = 0; i < times; i++) {
            progress.step();
        }
    }
}
