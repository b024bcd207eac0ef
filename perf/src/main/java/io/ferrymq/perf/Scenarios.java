package io.ferrymq.perf;

import static io.ferrymq.perf.Metric.BROKER_CPU_US;
import static io.ferrymq.perf.Metric.CONNECTION_KIB;
import static io.ferrymq.perf.Metric.CONNECT_S;
import static io.ferrymq.perf.Metric.EMBEDDED_MS;
import static io.ferrymq.perf.Metric.END_TO_END_P50_MS;
import static io.ferrymq.perf.Metric.END_TO_END_P999_MS;
import static io.ferrymq.perf.Metric.END_TO_END_P99_MS;
import static io.ferrymq.perf.Metric.HEAP_GROWTH_MIB;
import static io.ferrymq.perf.Metric.IDLE_CORE_PERCENT;
import static io.ferrymq.perf.Metric.P99_DRIFT;
import static io.ferrymq.perf.Metric.RATE;
import static io.ferrymq.perf.Metric.READY_MS;
import static io.ferrymq.perf.Metric.RSS_SLOPE_MIB;
import static io.ferrymq.perf.Metric.SEND_P99_MS;
import static io.ferrymq.perf.Metric.THREADS_GROWN;
import static io.ferrymq.perf.Peer.ARTEMIS;
import static io.ferrymq.perf.Peer.CEILING;
import static io.ferrymq.perf.Peer.CLASSIC;
import static io.ferrymq.perf.Peer.NULL;

import io.ferrymq.perf.Scenario.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The table of all scenarios with their targets, and the one without: {@code custom}, which is what the command line says. */
final class Scenarios {
    static final String CUSTOM = "custom";

    /** The benchmark everyone knows. */
    static final String FIRST = "queue-25-25";

    private static final double THIRD = 1 / 3.0;

    private static final List<Scenario> ALL = List.of(
            load(
                    FIRST,
                    "--producers 25 --consumers 25",
                    Goal.atLeast(RATE, 1.8, CLASSIC),
                    Goal.atLeast(RATE, 2.2, ARTEMIS),
                    Goal.atLeast(RATE, 0.85, NULL),
                    Goal.atMost(BROKER_CPU_US, 0.25, CLASSIC),
                    Goal.atMost(SEND_P99_MS, 0.5, CLASSIC)),
            durableCeiling("queue-1-1", "--producers 1 --consumers 1"),
            durableCeiling("queue-8-8", "--producers 8 --consumers 8"),
            fasterThanBoth("transacted-100", "--producers 8 --consumers 8 --transacted-batch 100", 1.8, 0.25),
            transientQueue("transient-1-1", "--producers 1 --consumers 1 --persistent false --sync false"),
            transientQueue("transient-8-8", "--producers 8 --consumers 8 --persistent false --sync false"),
            fasterThanBoth(
                    "topic-1-50",
                    "--topic --producers 1 --consumers 50 --persistent false --sync false --prefetch 1000",
                    1.4,
                    THIRD),
            fasterThanBoth("durable-1-50", "--durable --producers 1 --consumers 50", 3, 0.2),
            fasterThanBoth("body-100b", "--producers 8 --consumers 8 --size 100", 1.5, THIRD),
            fasterThanBoth("body-10k", "--producers 8 --consumers 8 --size 10240", 1.5, THIRD),
            fasterThanBoth("body-1m", "--producers 4 --consumers 4 --size 1048576 --prefetch 16", 1.5, THIRD),
            load(
                    "rate-1000",
                    "--producers 10 --consumers 10 --rate 1000",
                    Goal.atMost(BROKER_CPU_US, 0.25, CLASSIC),
                    Goal.atMost(END_TO_END_P50_MS, 0.8, CLASSIC),
                    Goal.atMost(END_TO_END_P99_MS, 0.6, CLASSIC),
                    Goal.atMost(END_TO_END_P999_MS, 10)),
            load(
                    "queues-1000",
                    "--queues 1000 --producers 10 --consumers 1000 --spread 50 --rate 500",
                    Goal.atMost(BROKER_CPU_US, THIRD, CLASSIC)),
            new Scenario(
                    "idle-10000",
                    Kind.IDLE,
                    "--idle 10000 --keep-alive 10 --warmup 0",
                    List.of(
                            Goal.atMost(IDLE_CORE_PERCENT, 1),
                            Goal.atMost(CONNECTION_KIB, 30),
                            Goal.atMost(THREADS_GROWN, 0),
                            Goal.atMost(CONNECT_S, 20))),
            fasterThanBoth("connect", "--reconnect --producers 8 --consumers 8", 1.5, THIRD),
            new Scenario(
                    "start",
                    Kind.START,
                    "--warmup 0 --seconds 1",
                    List.of(Goal.atMost(EMBEDDED_MS, 300), Goal.atMost(READY_MS, 1_000))),
            new Scenario(
                    "soak",
                    Kind.SOAK,
                    "--producers 25 --consumers 25 --seconds 300",
                    List.of(
                            Goal.atMost(P99_DRIFT, 1.1),
                            // what a collection leaves differs by this much from one to the next
                            Goal.atMost(HEAP_GROWTH_MIB, 4),
                            Goal.atMost(RSS_SLOPE_MIB, 1))));

    private Scenarios() {}

    private static Scenario load(String name, String words, Goal... goals) {
        return new Scenario(name, Kind.LOAD, words, List.of(goals));
    }

    private static Scenario fasterThanBoth(String name, String words, double rate, double cpu) {
        return load(
                name,
                words,
                Goal.atLeast(RATE, rate, CLASSIC),
                Goal.atLeast(RATE, rate, ARTEMIS),
                Goal.atMost(BROKER_CPU_US, cpu, CLASSIC));
    }

    private static Scenario durableCeiling(String name, String words) {
        return load(
                name,
                words,
                Goal.atLeast(RATE, 1.5, CLASSIC),
                Goal.atLeast(RATE, 1.5, ARTEMIS),
                Goal.atMost(BROKER_CPU_US, 0.25, CLASSIC),
                Goal.atLeast(RATE, 0.8, CEILING));
    }

    private static Scenario transientQueue(String name, String words) {
        return load(
                name,
                words,
                Goal.atLeast(RATE, 1.3, CLASSIC),
                Goal.atLeast(RATE, 1.3, ARTEMIS),
                Goal.atLeast(RATE, 0.85, NULL),
                Goal.atMost(BROKER_CPU_US, 0.5, CLASSIC),
                Goal.atMost(END_TO_END_P99_MS, 0.25, CLASSIC));
    }

    static List<Scenario> all() {
        return ALL;
    }

    /** The names of scenarios; {@code all} stands for those with targets, {@code growth} and {@code growth-THING} for many. */
    static List<Scenario> named(List<String> names) {
        return names.stream().distinct().flatMap(Scenarios::named).toList();
    }

    private static Stream<Scenario> named(String name) {
        List<Scenario> found = new ArrayList<>(Growth.named(name));
        if (name.equals(CUSTOM)) {
            found.add(load(CUSTOM, ""));
        }
        ALL.stream()
                .filter(each -> name.equals("all") || each.name().equals(name))
                .forEach(found::add);
        if (found.isEmpty()) {
            List<String> known = new ArrayList<>(List.of("all", CUSTOM));
            ALL.forEach(each -> known.add(each.name()));
            known.addAll(Growth.names());
            throw UsageException.unknown("scenario", name, known);
        }
        return found.stream();
    }
}
