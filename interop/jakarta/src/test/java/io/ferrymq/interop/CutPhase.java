package io.ferrymq.interop;

import java.util.Locale;

/** What a broker is doing when its power is cut. */
enum CutPhase {
    /** Appending to one segment. */
    STEADY("64MiB", 500),
    /** Beginning a segment: the cut comes at the moment a new file appears. */
    ROLL("1MiB", 16_000),
    /** Dropping segments whose few live messages were moved: the cut comes at the moment the oldest file goes, if it does. */
    COMPACTION("1MiB", 16_000),
    /** Writing a snapshot: the cut comes at the moment its file appears or is put in its place. */
    SNAPSHOT("1MiB", 16_000),
    /** Recovering from the cut before. */
    RECOVERY("1MiB", 4_000);

    private final String segment;
    private final int bodyBytes;

    CutPhase(String segment, int bodyBytes) {
        this.segment = segment;
        this.bodyBytes = bodyBytes;
    }

    String settings() {
        String often = this == SNAPSHOT || this == RECOVERY ? "  snapshotEveryBytes: 1MiB\n" : "";
        return "store:\n  segmentBytes: " + segment + "\n" + often;
    }

    int bodyBytes() {
        return bodyBytes;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static CutPhase labelled(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
