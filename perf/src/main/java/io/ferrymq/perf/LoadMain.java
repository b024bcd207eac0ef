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
        Workload workload = Workload.from(arguments);
        try (IdleConnections idle = new IdleConnections(URI.create(arguments.required("--url")), 0)) {
            if (workload.keepAliveS() > 0) {
                throw new LoadException("--keep-alive is for idle-10000: beside a load nobody would send them");
            }
            idle.open(workload.idle());
            result = LoadRun.of(arguments).run();
            idle.checkOpen();
        } catch (JMSException | IOException | UncheckedIOException | LoadException e) {
            result = RunResult.failed("the load failed: " + e.getMessage());
        }
        result.store(Path.of(arguments.required("--out")));
    }
}
