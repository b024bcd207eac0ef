package io.ferrymq.perf;

/** What is measured, in the order of the report's columns. */
enum Metric {
    RATE("msg/s", 0),
    SEND_P50_MS("send p50 ms", 2),
    SEND_P99_MS("send p99 ms", 2),
    END_TO_END_P50_MS("e2e p50 ms", 2),
    END_TO_END_P99_MS("e2e p99 ms", 2),
    BROKER_CPU_US("broker us/msg", 0),
    BROKER_JIT_US("of it JIT", 0),
    CLIENT_CPU_US("client us/msg", 0),
    BROKER_RSS_MB("RSS MB", 0);

    private final String label;
    private final int decimals;

    Metric(String label, int decimals) {
        this.label = label;
        this.decimals = decimals;
    }

    String label() {
        return label;
    }

    int decimals() {
        return decimals;
    }
}
