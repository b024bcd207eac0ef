package io.ferrymq.perf;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The load JVM: runs one scenario against one broker, reports on stdout as it goes and writes a {@link RunResult} at the end. */
final class LoadMain {
    private LoadMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Set<String> valued = new HashSet<>(Scenario.VALUED);
        valued.addAll(Set.of("--url", "--pid", "--warmup", "--seconds", "--out"));
        Arguments arguments = Arguments.parse(args, valued, Scenario.FLAGS);
        RunResult result;
        try {
            result = LoadRun.of(arguments).run();
        } catch (JMSException | UncheckedIOException e) {
            result = RunResult.failed("the load failed: " + e.getMessage(), 0, 0);
        }
        result.store(Path.of(arguments.required("--out")));
        // threads of clients whose broker died would keep this JVM alive
        System.exit(0);
    }
}
