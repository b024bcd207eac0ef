package io.ferrymq.perf.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What each part allocates per operation. The limits leave room for another JDK, none for one more copy of a body or an object or
 * two per message on the way of every message. Each has a JVM of its own, since what others have done before changes what the compiler makes of it. Until that is done more is
 * allocated, and on a busy machine that takes its time: so each is run again until it is within its limit, and fails when it never is.
 */
class AllocationTest {
    private static final TimeValue ITERATION = TimeValue.milliseconds(400);
    private static final int RUNS = 10;

    @ParameterizedTest
    @CsvSource({
        // a body of 1 KiB is in it
        "CodecBenchmark.decodeMessage, 1400",
        "CodecBenchmark.decodeAcknowledgement, 200",
        "CodecBenchmark.encodeDispatch, 16",
        "SelectorBenchmark.equality, 260",
        "SelectorBenchmark.range, 340",
        "SelectorBenchmark.like, 320",
        "DispatchBenchmark.transientMessage, 800",
        "DispatchBenchmark.persistentMessage, 1600",
        "JournalBenchmark.append, 500",
    })
    void allocatesNoMoreThan(String benchmark, double bytesPerOperation) throws RunnerException {
        Options options = new OptionsBuilder()
                .include("\\b" + benchmark.replace(".", "\\.") + "$")
                .forks(1)
                .warmupIterations(3)
                .warmupTime(ITERATION)
                .measurementIterations(2)
                .measurementTime(ITERATION)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        double least = most(new Runner(options).run());
        for (int run = 1; run < RUNS && least > bytesPerOperation; run++) {
            least = Math.min(least, most(new Runner(options).run()));
        }
        assertThat(least).as("bytes per operation").isLessThanOrEqualTo(bytesPerOperation);
    }

    /** Of the variants of a benchmark the one that allocates most, in its best iteration. */
    private static double most(Collection<RunResult> runs) {
        return runs.stream().mapToDouble(AllocationTest::leastAllocated).max().orElseThrow();
    }

    private static double leastAllocated(RunResult run) {
        return run.getBenchmarkResults().stream()
                .map(BenchmarkResult::getIterationResults)
                .flatMap(Collection::stream)
                .map(iteration -> (Result<?>) iteration.getSecondaryResults().get("gc.alloc.rate.norm"))
                .mapToDouble(Result::getScore)
                .min()
                .orElseThrow();
    }
}
