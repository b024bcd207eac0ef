package io.ferrymq.perf;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;

/** The load JVM: runs one workload against one broker, reports on stdout as it goes and writes a {@link RunResult} at the end. */
final class LoadMain {
    private LoadMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        run(args);
        // threads of clients whose broker died would keep this JVM alive
        System.exit(0);
    }

    static void run(String[] args) throws IOException, InterruptedException {
        Arguments arguments = LoadProcess.parse(args);
        RunResult result;
        // one that sent keep-alives would need a thread of its own
        try (IdleConnections idle = new IdleConnections(URI.create(arguments.required("--url")), 0)) {
            idle.open(Workload.from(arguments).idle());
            result = LoadRun.of(arguments).run();
            idle.checkOpen();
        } catch (JMSException | IOException | UncheckedIOException | LoadException e) {
            result = RunResult.failed("the load failed: " + e.getMessage());
        }
        result.store(Path.of(arguments.required("--out")));
    }
}
