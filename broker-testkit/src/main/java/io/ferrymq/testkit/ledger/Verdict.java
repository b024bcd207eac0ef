package io.ferrymq.testkit.ledger;

import java.util.List;

/**
 * The balance of a {@link Ledger}.
 *
 * @param totals how much there was
 * @param lost acknowledged by the broker and never seen
 * @param unexpected seen, but refused by the broker or sent by nobody
 * @param duplicates seen more than once, with or without reason
 * @param unflaggedDuplicates seen more than once without the redelivered flag although the send was not in doubt
 * @param orderViolations first deliveries that came to a consumer after a later message of the same producer
 */
public record Verdict(
        Totals totals,
        List<MessageKey> lost,
        List<MessageKey> unexpected,
        List<MessageKey> duplicates,
        List<MessageKey> unflaggedDuplicates,
        List<OrderViolation> orderViolations) {

    private static final int EXAMPLES = 10;

    /**
     * How many messages there were.
     *
     * @param acked sends the broker answered
     * @param unknown sends without an answer
     * @param failed sends that were refused
     * @param seen different messages seen
     * @param deliveries deliveries, repetitions included
     */
    public record Totals(long acked, long unknown, long failed, long seen, long deliveries) {}

    /** Copies the lists. */
    public Verdict {
        lost = List.copyOf(lost);
        unexpected = List.copyOf(unexpected);
        duplicates = List.copyOf(duplicates);
        unflaggedDuplicates = List.copyOf(unflaggedDuplicates);
        orderViolations = List.copyOf(orderViolations);
    }

    /** Nothing lost, nothing unexpected, no repetition without the flag, everything in order. */
    public boolean clean() {
        return lost.isEmpty() && unexpected.isEmpty() && unflaggedDuplicates.isEmpty() && orderViolations.isEmpty();
    }

    /** Everything above in lines for people, with the first examples of each fault. */
    public String report() {
        StringBuilder report = new StringBuilder(clean() ? "ledger clean" : "LEDGER NOT CLEAN");
        report.append("\n  sends: acked=").append(totals.acked());
        report.append(", unknown=").append(totals.unknown());
        report.append(", failed=").append(totals.failed());
        report.append("\n  seen: messages=").append(totals.seen());
        report.append(", deliveries=").append(totals.deliveries());
        line(report, "lost", lost);
        line(report, "unexpected", unexpected);
        line(report, "duplicates", duplicates);
        line(report, "unflagged duplicates", unflaggedDuplicates);
        line(report, "order violations", orderViolations);
        return report.toString();
    }

    private static void line(StringBuilder report, String what, List<?> cases) {
        report.append("\n  ").append(what).append(": ").append(cases.size());
        if (!cases.isEmpty()) {
            List<?> examples = cases.subList(0, Math.min(EXAMPLES, cases.size()));
            report.append(' ').append(examples);
            if (examples.size() < cases.size()) {
                report.append(" ...");
            }
        }
    }
}
