package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CollapsedStacksTest {
    private final CollapsedStacks stacks = CollapsedStacks.of(
            Stream.of("run;read 6", "run;write;write;fsync 3", "run 1", "clone;CompileBroker::loop;parse 40"));

    @Test
    void shouldCountARecursiveFrameOncePerStack() {
        assertThat(stacks.top(4).lines())
                .containsExactly(
                        "self     total    frame, by self",
                        " 60.00%   60.00%  read",
                        " 30.00%   30.00%  fsync",
                        " 10.00%  100.00%  run",
                        "",
                        "self     total    frame, by total",
                        " 10.00%  100.00%  run",
                        " 60.00%   60.00%  read",
                        " 30.00%   30.00%  fsync",
                        "  0.00%   30.00%  write");
    }

    @Test
    void shouldKeepTheCompilerApart() {
        assertThat(stacks.samples()).isEqualTo(10);
        assertThat(stacks.compilerSamples()).isEqualTo(40);
    }
}
