package io.ferrymq.perf;

import java.util.Locale;

/** One second of a measured window; a latency of a second in which nothing ended is NaN. */
record Second(double rate, double sendP99Ms, double endToEndP99Ms, double cpuPercent, double rssMib) {

    /** As {@link #parse} reads it. */
    String text() {
        return String.format(
                Locale.ROOT, "%.1f %.3f %.3f %.1f %.1f", rate, sendP99Ms, endToEndP99Ms, cpuPercent, rssMib);
    }

    static Second parse(String text) {
        String[] words = text.split(" ");
        return new Second(
                Double.parseDouble(words[0]),
                Double.parseDouble(words[1]),
                Double.parseDouble(words[2]),
                Double.parseDouble(words[3]),
                Double.parseDouble(words[4]));
    }
}
