package io.ferrymq.perf;

/** What is measured, in the order of the report's columns. */
enum Metric {
    RATE("msg/s", 0),
    SEND_P50_MS("send p50 ms", 2),
    SEND_P99_MS("send p99 ms", 2),
    SEND_P999_MS("send p99.9 ms", 2),
    END_TO_END_P50_MS("e2e p50 ms", 2),
    END_TO_END_P99_MS("e2e p99 ms", 2),
    END_TO_END_P999_MS("e2e p99.9 ms", 2),
    BROKER_CPU_US("broker us/msg", 1),
    BROKER_JIT_US("of it JIT", 1),
    CLIENT_CPU_US("client us/msg", 1),
    BROKER_RSS_MB("RSS MiB", 0),
    P99_DRIFT("send p99 last/first minute", 2),
    HEAP_GROWTH_MIB("live heap grown, MiB", 1),
    RSS_SLOPE_MIB("RSS slope, MiB/min", 2),
    CONNECT_S("all connected, s", 1),
    CONNECTION_KIB("KiB per connection", 1),
    IDLE_CORE_PERCENT("% of a core, idle", 2),
    THREADS_GROWN("threads grown", 0),
    EMBEDDED_MS("embedded to first message, ms", 0),
    READY_MS("jar to ready, ms", 0);

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
