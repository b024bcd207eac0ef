package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The same light load while one thing grows to 2, 10 and 100 times: what that does to the cost of a message. */
final class Growth {
    static final String WHAT =
            "broker processor time per message, us, while one thing grows; slope 0: no matter, 1: in proportion";

    private static final String PREFIX = "growth";
    private static final List<Integer> FACTORS = List.of(1, 2, 10, 100);
    private static final String LOAD = "--producers 4 --rate 500 ";

    /** @param words with {@code N} where the number goes */
    private record Thing(String name, int base, String words) {
        Scenario scenario(int factor) {
            String number = Integer.toString(base * factor);
            return new Scenario(
                    PREFIX + "-" + name + "-x" + factor,
                    Scenario.Kind.LOAD,
                    LOAD + words.replace("N", number),
                    List.of());
        }
    }

    private static final List<Thing> THINGS = List.of(
            new Thing("connections", 90, "--consumers 4 --idle N"),
            new Thing("queues", 10, "--consumers N --queues N --spread 50"),
            new Thing("consumers", 10, "--consumers N --spread 50"),
            new Thing("backlog", 500, "--consumers 4 --backlog N --prefetch 10"),
            new Thing("size", 100, "--consumers 4 --size N"));

    private final List<Bench> benches;

    Growth(List<Bench> benches) {
        this.benches = benches.stream()
                .filter(bench -> bench.scenario().name().startsWith(PREFIX + "-"))
                .toList();
    }

    static List<String> names() {
        List<String> names = new ArrayList<>(List.of(PREFIX));
        THINGS.forEach(thing -> names.add(PREFIX + "-" + thing.name()));
        return names;
    }

    /** All of a thing, all of all things, or nothing. */
    static List<Scenario> named(String name) {
        return THINGS.stream()
                .filter(thing -> name.equals(PREFIX) || name.equals(PREFIX + "-" + thing.name()))
                .flatMap(thing -> FACTORS.stream().map(thing::scenario))
                .toList();
    }

    boolean isEmpty() {
        return benches.isEmpty();
    }

    String table() {
        return WHAT + "\n\n" + Table.aligned(rows());
    }

    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("thing", "broker", "from", "x1", "x2", "x10", "x100", "slope"));
        Set<Peer> peers = new TreeSet<>();
        benches.forEach(bench -> peers.addAll(bench.comparison().peers()));
        for (Thing thing : THINGS) {
            for (Peer peer : peers) {
                List<Double> costs = FACTORS.stream()
                        .map(factor -> cost(thing.scenario(factor).name(), peer))
                        .toList();
                if (costs.stream().anyMatch(cost -> !cost.isNaN())) {
                    rows.add(row(thing, peer, costs));
                }
            }
        }
        return rows;
    }

    private static List<String> row(Thing thing, Peer peer, List<Double> costs) {
        List<String> row = new ArrayList<>(List.of(thing.name(), peer.label(), Integer.toString(thing.base())));
        costs.forEach(cost -> row.add(Table.number(cost, 1)));
        row.add(Table.number(slope(costs), 2));
        return row;
    }

    private double cost(String scenario, Peer peer) {
        Optional<Bench> found = benches.stream()
                .filter(bench -> bench.scenario().name().equals(scenario))
                .findFirst();
        return found.map(bench -> bench.comparison().median(peer, Metric.BROKER_CPU_US))
                .orElse(Double.NaN);
    }

    /** Least squares over the logarithms of both. */
    static double slope(List<Double> costs) {
        List<Integer> known = IntStream.range(0, costs.size())
                .filter(i -> !costs.get(i).isNaN())
                .boxed()
                .toList();
        double meanX = known.stream()
                .mapToDouble(i -> Math.log(FACTORS.get(i)))
                .average()
                .orElse(Double.NaN);
        double meanY = known.stream()
                .mapToDouble(i -> Math.log(costs.get(i)))
                .average()
                .orElse(Double.NaN);
        double above = 0;
        double below = 0;
        for (int i : known) {
            double x = Math.log(FACTORS.get(i)) - meanX;
            above += x * (Math.log(costs.get(i)) - meanY);
            below += x * x;
        }
        return below == 0 ? Double.NaN : above / below;
    }
}
