package io.ferrymq.perf;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What every run shares: the workload, how long, and the JVM of the children. {@code warmupSeconds} is the longest warm-up, which a
 * {@link WarmUp} that is over ends.
 */
record LoadSettings(Workload workload, int warmupSeconds, int measuredSeconds, String java, String heap) {
    static final Set<String> VALUED = Set.of("--warmup", "--seconds", "--heap", "--java");

    static final int WARMUP_SECONDS = 60;

    static final Path WORK = Path.of("perf", "target", "work");

    /** On many processors the JVM ends compiler threads that have nothing to do, and their time would be missing in "of it JIT". */
    static final String KEEP_COMPILERS = "-XX:-UseDynamicNumberOfCompilerThreads";

    static LoadSettings from(Arguments arguments) {
        String heap = arguments.text("--heap", "1g");
        if (!heap.matches("[1-9][0-9]*[mg]")) {
            throw new UsageException("size such as 512m or 1g expected: --heap " + heap);
        }
        return new LoadSettings(
                Workload.from(arguments),
                arguments.count("--warmup", WARMUP_SECONDS, 0, 3_600),
                arguments.count("--seconds", 15, 1, 3_600),
                arguments.text(
                        "--java", ProcessHandle.current().info().command().orElse("java")),
                heap);
    }

    /** At most. */
    int runSeconds() {
        return warmupSeconds + measuredSeconds;
    }

    /** The start of a broker's command line. */
    List<String> brokerJava() {
        return List.of(java, "-Xmx" + heap, "-XX:+EnableDynamicAgentLoading", KEEP_COMPILERS);
    }

    /** With the heap resident from the start: what the process grows by is then outside of it. */
    List<String> brokerJavaWithFixedHeap() {
        return List.of(java, "-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch", KEEP_COMPILERS);
    }
}
