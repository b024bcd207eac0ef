package io.ferrymq.perf;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The load JVM of idle connections: opens them, and reads what the broker needs to keep them. */
final class IdleMain {
    private static final int WARMUP_CONNECTIONS = 500;
    private static final double KIB_PER_MIB = 1024;
    private static final int SETTLE_PERIODS = 3;
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final long pid;
    private final String java;
    private final URI url;
    private final int seconds;

    private IdleMain(Arguments arguments) {
        pid = Long.parseLong(arguments.required("--pid"));
        java = arguments.required("--java");
        url = URI.create(arguments.required("--url"));
        seconds = arguments.count("--window-ms", 15_000, 1_000, 3_600_000) / 1_000;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Arguments arguments = LoadProcess.parse(args);
        RunResult result;
        try {
            result = new IdleMain(arguments).run(Workload.from(arguments));
        } catch (IOException | LoadException e) {
            result = RunResult.failed("the load failed: " + e.getMessage());
        }
        result.store(Path.of(arguments.required("--out")));
        System.exit(0);
    }

    private record Footprint(double heapMib, double residentMib, ProcessUsage usage) {}

    private RunResult run(Workload workload) throws IOException, InterruptedException {
        int connections = workload.idle();
        try (IdleConnections warmup = new IdleConnections(url, workload.keepAliveS())) {
            warmup.open(WARMUP_CONNECTIONS);
            pass("settle", 2, warmup);
        }
        Footprint before = footprint();
        try (IdleConnections idle = new IdleConnections(url, workload.keepAliveS())) {
            double connectSeconds = idle.open(connections);
            // until the broker sends its own as well, and its JIT has seen it
            pass("settle", 2 + SETTLE_PERIODS * workload.keepAliveS(), idle);
            // not between two collections that this tool asks for
            ProcessUsage start = ProcessUsage.of(pid);
            long startNs = System.nanoTime();
            pass("measure", seconds, idle);
            ProcessUsage used = ProcessUsage.of(pid).since(start);
            double elapsedUs = (System.nanoTime() - startNs) / 1e3;
            Footprint after = footprint();
            idle.checkOpen();
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            double grownMib = after.heapMib() - before.heapMib() + after.residentMib() - before.residentMib();
            values.put(Metric.CONNECT_S, connectSeconds);
            values.put(Metric.CONNECTION_KIB, grownMib * KIB_PER_MIB / connections);
            values.put(Metric.IDLE_CORE_PERCENT, 100 * used.cpuUs() / elapsedUs);
            values.put(Metric.THREADS_GROWN, (double)
                    (after.usage().threads() - before.usage().threads()));
            values.put(Metric.BROKER_RSS_MB, after.residentMib());
            return RunResult.measured(values, RunResult.Trace.NONE, 0, 0);
        }
    }

    /** The heap is resident from the start, so that the process grows only by what is outside of it. */
    private Footprint footprint() throws IOException, InterruptedException {
        double heap = HeapUse.mibAfterGc(java, pid);
        ProcessUsage usage = ProcessUsage.of(pid);
        return new Footprint(heap, usage.residentBytes() / (double) (1 << 20), usage);
    }

    private static void pass(String phase, int seconds, IdleConnections idle) throws IOException {
        long beganNs = System.nanoTime();
        long passedNs = 0;
        for (int second = 1; second <= seconds; second++) {
            while (passedNs < TimeUnit.SECONDS.toNanos(second)) {
                LockSupport.parkNanos(STEP_NS);
                long nowNs = System.nanoTime() - beganNs;
                idle.keepAlive(passedNs, nowNs);
                passedNs = nowNs;
            }
            System.out.println("progress " + phase + " " + second + " 0");
        }
    }
}
