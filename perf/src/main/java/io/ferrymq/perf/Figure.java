package io.ferrymq.perf;

import java.util.Locale;

/** What {@code perf/messaging} finds out, one row each, and what FerryMQ is to reach. */
enum Figure {
    SELECTORS_RATE(MessagingCase.SELECTORS, "consumed, msg/s", 0, Target.ratioAtLeast(10)),
    SELECTORS_CPU_US(MessagingCase.SELECTORS, "broker CPU, us/msg", 1, Target.NONE),
    SELECTORS_JIT_US(MessagingCase.SELECTORS, "of it JIT, us/msg", 1, Target.NONE),
    SELECTORS_CLIENT_US(MessagingCase.SELECTORS, "client CPU, us/msg", 1, Target.NONE),
    BACKLOG_RATE(MessagingCase.SELECTORS_BACKLOG, "consumed, msg/s", 0, Target.ratioAtLeast(10)),
    BACKLOG_CONSUMED(MessagingCase.SELECTORS_BACKLOG, "consumed within the limit", 0, Target.NONE),
    BACKLOG_SECONDS(MessagingCase.SELECTORS_BACKLOG, "from subscribing to the last ack, s", 1, Target.NONE),
    BACKLOG_SUBSCRIBE_SECONDS(MessagingCase.SELECTORS_BACKLOG, "of it until all are subscribed, s", 1, Target.NONE),
    BACKLOG_CPU_US(MessagingCase.SELECTORS_BACKLOG, "broker CPU, us/msg", 1, Target.NONE),
    BACKLOG_CLIENT_US(MessagingCase.SELECTORS_BACKLOG, "client CPU, us/msg", 1, Target.NONE),
    LATE_RATE(MessagingCase.SELECTORS_LATE, "consumed, msg/s", 0, Target.ratioAtLeast(10)),
    LATE_CONSUMED(MessagingCase.SELECTORS_LATE, "consumed within the limit", 0, Target.NONE),
    LATE_SECONDS(MessagingCase.SELECTORS_LATE, "from subscribing to the last ack, s", 1, Target.NONE),
    LATE_CPU_US(MessagingCase.SELECTORS_LATE, "broker CPU, us/msg", 1, Target.NONE),
    LATE_CLIENT_US(MessagingCase.SELECTORS_LATE, "client CPU, us/msg", 1, Target.NONE),
    STUCK_NONE_RATE(MessagingCase.STUCK_SUBSCRIBER, "all read: deliveries/s to the 99", 0, Target.NONE),
    STUCK_LISTENER_SHARE(
            MessagingCase.STUCK_SUBSCRIBER, "listener blocked: share the 99 keep", 3, Target.atLeast(0.95)),
    STUCK_SOCKET_SHARE(MessagingCase.STUCK_SUBSCRIBER, "socket not read: share the 99 keep", 3, Target.atLeast(0.95)),
    ROUND_TRIP_P50_US(MessagingCase.REQUEST_REPLY, "round trip p50, us", 0, Target.ratioAtMost(1)),
    ROUND_TRIP_P99_US(MessagingCase.REQUEST_REPLY, "round trip p99, us", 0, Target.ratioAtMost(1));

    private final MessagingCase of;
    private final String label;
    private final int decimals;
    private final Target target;

    Figure(MessagingCase of, String label, int decimals, Target target) {
        this.of = of;
        this.label = label;
        this.decimals = decimals;
        this.target = target;
    }

    MessagingCase of() {
        return of;
    }

    String label() {
        return label;
    }

    int decimals() {
        return decimals;
    }

    Target target() {
        return target;
    }

    /** A bound on FerryMQ's own figure, or on its ratio to Classic's. */
    record Target(boolean ofRatio, boolean least, double bound) {
        static final Target NONE = new Target(false, true, Double.NaN);

        static Target ratioAtLeast(double bound) {
            return new Target(true, true, bound);
        }

        static Target ratioAtMost(double bound) {
            return new Target(true, false, bound);
        }

        static Target atLeast(double bound) {
            return new Target(false, true, bound);
        }

        static Target atMost(double bound) {
            return new Target(false, false, bound);
        }

        String inWords() {
            if (Double.isNaN(bound)) {
                return "-";
            }
            return (ofRatio ? "ratio " : "") + (least ? ">= " : "<= ") + String.format(Locale.ROOT, "%.2f", bound);
        }

        /** {@code -} where there is no target, or the other broker did not run; a run without a figure has failed. */
        String verdict(double own, double ratio, boolean compared) {
            if (Double.isNaN(bound) || (ofRatio && !compared)) {
                return "-";
            }
            double value = ofRatio ? ratio : own;
            return (least ? value >= bound : value <= bound) ? "PASS" : "FAIL";
        }
    }
}
