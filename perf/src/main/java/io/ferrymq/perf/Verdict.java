package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Whether everything sent arrived exactly as often as it had to. Producer {@code i} sent the sequences 0 to {@code sent[i]} exclusive. */
record Verdict(long expected, long received, long lost, long duplicated, long unsent) {

    static Verdict of(long[] sent, List<Receipts> consumers, boolean topic) {
        Verdict total = new Verdict(0, 0, 0, 0, 0);
        for (List<Receipts> audience : audiences(consumers, topic)) {
            for (int producer = 0; producer < sent.length; producer++) {
                total = total.plus(ofOne(producer, sent[producer], audience));
            }
        }
        return total;
    }

    /** On a queue all consumers share one copy of each message; on a topic each has its own. */
    private static List<List<Receipts>> audiences(List<Receipts> consumers, boolean topic) {
        if (!topic) {
            return List.of(consumers);
        }
        List<List<Receipts>> each = new ArrayList<>();
        consumers.forEach(consumer -> each.add(List.of(consumer)));
        return each;
    }

    private static Verdict ofOne(int producer, long sent, List<Receipts> audience) {
        BitSet all = new BitSet();
        long arrivals = 0;
        for (Receipts consumer : audience) {
            arrivals += consumer.seen(producer).cardinality();
            all.or(consumer.seen(producer));
        }
        long distinct = all.cardinality();
        long inRange = all.get(0, Math.toIntExact(sent)).cardinality();
        return new Verdict(sent, arrivals, sent - inRange, arrivals - distinct, distinct - inRange)
                .plusRepeats(producer == 0 ? repeats(audience) : 0);
    }

    private static long repeats(List<Receipts> audience) {
        return audience.stream().mapToLong(Receipts::duplicates).sum();
    }

    private Verdict plusRepeats(long repeats) {
        return new Verdict(expected, received + repeats, lost, duplicated + repeats, unsent);
    }

    private Verdict plus(Verdict other) {
        return new Verdict(
                expected + other.expected,
                received + other.received,
                lost + other.lost,
                duplicated + other.duplicated,
                unsent + other.unsent);
    }

    /** Empty, or why the figures of this run must not be used. */
    String problem() {
        if (lost == 0 && duplicated == 0 && unsent == 0) {
            return "";
        }
        return "messages do not add up: expected=" + expected + ", received=" + received + ", lost=" + lost
                + ", duplicated=" + duplicated + ", never sent=" + unsent;
    }
}
