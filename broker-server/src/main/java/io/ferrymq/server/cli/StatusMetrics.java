package io.ferrymq.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code ferrymq status} knows, as numbers in the text format of Prometheus.
 *
 * @param store empty when the broker is another one
 */
record StatusMetrics(double roundTripMs, Optional<StoreStatus> store) {
    private static final double MS_PER_S = 1_000;

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        add(lines, "up", "gauge", "A message that was sent came back.", "1");
        String seconds = String.format(Locale.ROOT, "%.6f", roundTripMs / MS_PER_S);
        add(lines, "round_trip_seconds", "gauge", "How long it took.", seconds);
        store.ifPresent(told -> addStore(lines, told));
        return lines;
    }

    private static void addStore(List<String> lines, StoreStatus store) {
        String labels = "{engine=\"" + store.engine() + "\",sync=\"" + store.sync() + "\"}";
        head(lines, "store_info", "gauge", "The engine of the store and the sync mode in force.");
        lines.add("ferrymq_store_info" + labels + " 1");
        add(lines, "store_segments", "gauge", "Segments of the journal.", store.segments());
        add(lines, "store_live_records", "gauge", "Records that are still needed.", store.liveRecords());
        add(lines, "store_appended_bytes_total", "counter", "Bytes appended since the start.", store.appendedBytes());
        add(lines, "store_syncs_total", "counter", "Syncs since the start.", store.syncs());
        add(lines, "store_damaged_reads_total", "counter", "Reads of damaged records.", store.damagedReads());
        add(lines, "store_space_low", "gauge", "Producers wait for space on the disk.", store.spaceLow() ? 1 : 0);
        add(lines, "store_failed", "gauge", "The journal has failed.", store.failed() ? 1 : 0);
    }

    private static void add(List<String> lines, String name, String type, String help, Object value) {
        head(lines, name, type, help);
        lines.add("ferrymq_" + name + ' ' + value);
    }

    private static void head(List<String> lines, String name, String type, String help) {
        lines.add("# HELP ferrymq_" + name + ' ' + help);
        lines.add("# TYPE ferrymq_" + name + ' ' + type);
    }
}
