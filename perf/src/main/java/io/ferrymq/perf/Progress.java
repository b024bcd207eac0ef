package io.ferrymq.perf;

import java.io.PrintStream;
import java.util.Locale;

/** Tells how far a bench is. On a terminal one line is rewritten; elsewhere every fifth second gets a line. */
final class Progress {
    /** Starting and stopping two JVMs and draining, until the first run tells better. */
    private static final int OVERHEAD_SECONDS = 6;

    private static final int LOG_EVERY_SECONDS = 5;

    private final PrintStream out;
    private final boolean live;
    private final int runs;
    private final int runSeconds;
    private final int warmupSeconds;
    private int run;
    private String name = "";

    Progress(PrintStream out, boolean live, int runs, LoadSettings settings) {
        this.out = out;
        this.live = live;
        this.runs = runs;
        this.runSeconds = settings.runSeconds();
        this.warmupSeconds = settings.warmupSeconds();
    }

    void startRun(int number, String runName) {
        run = number;
        name = runName;
    }

    /** A line of the load: {@code progress PHASE SECOND RATE}; others are not for people. */
    void onLine(String line) {
        String[] words = line.split(" ");
        if (words.length != 4 || !words[0].equals("progress")) {
            return;
        }
        int second = Integer.parseInt(words[2]);
        if (!live && second % LOG_EVERY_SECONDS != 0) {
            return;
        }
        String text = text(words[1], second, Long.parseLong(words[3]));
        out.print(live ? "\r" + text + "\u001b[K" : text + System.lineSeparator());
        out.flush();
    }

    String text(String phase, int second, long rate) {
        int done = second + (phase.equals("measure") ? warmupSeconds : 0);
        int left = (runs - run) * (runSeconds + OVERHEAD_SECONDS) + runSeconds + OVERHEAD_SECONDS / 2 - done;
        return String.format(
                Locale.ROOT,
                "[%d/%d] %s: %s %d s, %d msg/s, about %d:%02d left",
                run,
                runs,
                name,
                phase,
                second,
                rate,
                left / 60,
                left % 60);
    }

    void say(String text) {
        out.println(live ? "\r" + text + "\u001b[K" : text);
    }
}
