package io.ferrymq.perf;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells how far a bench is. On a terminal one line is rewritten; elsewhere every fifth second gets a line. */
final class Progress {
    /** Starting and stopping two JVMs and draining, until the runs tell better. */
    private static final int OVERHEAD_SECONDS = 6;

    private static final int LOG_EVERY_SECONDS = 5;

    private final PrintStream out;
    private final boolean live;
    private final List<LoadSettings> plan;
    private int run;
    private String name = "";
    private long startedNs;
    private double overheadSeconds = OVERHEAD_SECONDS;
    private int ended;

    /** @param plan the settings of every run to come, in order */
    Progress(PrintStream out, boolean live, List<LoadSettings> plan) {
        this.out = out;
        this.live = live;
        this.plan = plan;
    }

    /** The runs come in the order of the plan. */
    void startRun(String runName) {
        run++;
        name = runName;
        startedNs = System.nanoTime();
    }

    /** What a run takes beside its own seconds is known better after each; it is less than nothing where the warm-up ends early. */
    void endRun() {
        double took = (System.nanoTime() - startedNs) / (double) TimeUnit.SECONDS.toNanos(1);
        double overhead = took - plan.get(run - 1).runSeconds();
        overheadSeconds = (overheadSeconds * ended + overhead) / (ended + 1);
        ended++;
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
        LoadSettings now = plan.get(run - 1);
        int done = second + (phase.equals("measure") ? now.warmupSeconds() : 0);
        int later = plan.subList(run, plan.size()).stream()
                .mapToInt(LoadSettings::runSeconds)
                .sum();
        double overhead = (plan.size() - run + 0.5) * overheadSeconds;
        int left = Math.max(0, later + now.runSeconds() - done + (int) overhead);
        return String.format(
                Locale.ROOT,
                "[%d/%d] %s: %s %d s, %d msg/s, about %d:%02d left",
                run,
                plan.size(),
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
