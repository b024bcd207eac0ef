package io.ferrymq.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells on stderr how far a long verb is: a line that rewrites itself on a terminal, a new line now and then elsewhere, and
 * nothing before the first second is over. Used by one thread.
 */
final class Progress {
    private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long TERMINAL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long PLAIN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    private final String done;
    private final long total;
    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanoClock;
    private final long startNs;
    private long count;
    private long nextNs;

    /** {@code done} is the verb's participle, {@code total} 0 when nobody knows. */
    Progress(String done, long total, PrintWriter err, boolean terminal, LongSupplier nanoClock) {
        this.done = done;
        this.total = total;
        this.err = err;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        startNs = nanoClock.getAsLong();
        nextNs = startNs + QUIET_NS;
    }

    static Progress onStderr(String done, long total, PrintWriter err) {
        return new Progress(done, total, err, stderrIsTerminal(), System::nanoTime);
    }

    void step() {
        count++;
        long nowNs = nanoClock.getAsLong();
        if (nowNs - nextNs >= 0) {
            nextNs = nowNs + (terminal ? TERMINAL_INTERVAL_NS : PLAIN_INTERVAL_NS);
            show(line(nowNs - startNs));
        }
    }

    long count() {
        return count;
    }

    /** The last line: how many, how long, how fast. */
    void finish() {
        long elapsedNs = nanoClock.getAsLong() - startNs;
        String text = String.format(
                Locale.ROOT,
                "%s %,d message%s in %.1f s (%,d msg/s)",
                done,
                count,
                count == 1 ? "" : "s",
                elapsedNs / 1e9,
                rate(elapsedNs));
        err.println(terminal ? "\r" + padded(text) : text);
        err.flush();
    }

    private String line(long elapsedNs) {
        long rate = rate(elapsedNs);
        if (total == 0) {
            return String.format(Locale.ROOT, "%s %,d, %,d msg/s", done, count, rate);
        }
        long leftSeconds = (total - count) / Math.max(1, rate);
        return String.format(
                Locale.ROOT,
                "%s %,d of %,d (%d %%), %,d msg/s, %,d s left",
                done,
                count,
                total,
                100 * count / total,
                rate,
                leftSeconds);
    }

    private long rate(long elapsedNs) {
        return Math.round(count * 1e9 / Math.max(1, elapsedNs));
    }

    private void show(String text) {
        if (terminal) {
            err.print("\r" + padded(text));
        } else {
            err.println(text);
        }
        err.flush();
    }

    private static String padded(String text) {
        return String.format("%-72s", text);
    }

    /** Java only knows about stdin and stdout, and those are often redirected here; Linux tells about stderr. */
    private static boolean stderrIsTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null;
        }
    }
}
