package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessUsageTest {
    private static final String REST = " 20 0 1 0 349101 3133440 416 18446744073709551615 1 1 0\n";

    @Test
    void shouldCountUserAndSystemTimeAndThatOfTheCompilerThreads() {
        ProcessUsage usage = ProcessUsage.parse(
                "77 (java) S 1 77 77 0 -1 4194304 103 0 1 0 250 50 9 9" + REST,
                List.of(
                        "80 (C2 CompilerThre) S 1 77 77 0 -1 4194304 103 0 1 0 30 1 0 0" + REST,
                        "81 (C1 CompilerThre) S 1 77 77 0 -1 4194304 103 0 1 0 8 1 0 0" + REST,
                        "82 (producer (1) x) S 1 77 77 0 -1 4194304 103 0 1 0 99 1 0 0" + REST,
                        ""),
                "Name:\tjava\nVmHWM:\t   9000 kB\nVmRSS:\t   2048 kB\n");

        assertThat(usage).isEqualTo(new ProcessUsage(3_000_000, 400_000, 2 << 20, 3));
    }

    @Test
    void shouldSubtractTimeButNotMemory() {
        assertThat(new ProcessUsage(900, 80, 5, 3).since(new ProcessUsage(400, 30, 9, 3)))
                .isEqualTo(new ProcessUsage(500, 50, 5, 3));
    }
}
