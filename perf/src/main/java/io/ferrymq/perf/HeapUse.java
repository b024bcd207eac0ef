package io.ferrymq.perf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM keeps in its heap when its garbage is gone, as {@code jcmd} tells. */
final class HeapUse {
    /** The last line of a histogram: objects and bytes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private static final int JCMD_SECONDS = 120;

    private HeapUse() {}

    static double mibAfterGc(String java, long pid) throws IOException, InterruptedException {
        // what the first one frees may hold references that the second one frees
        jcmd(java, pid, "GC.run");
        // collects and counts while all threads stand still, so that nothing new is counted, however busy they are
        return mib(jcmd(java, pid, "GC.class_histogram"));
    }

    static double mib(String histogram) {
        Matcher total = TOTAL.matcher(histogram);
        return total.find() ? Long.parseLong(total.group(1)) / (1024.0 * 1024) : Double.NaN;
    }

    private static String jcmd(String java, long pid, String command) throws IOException, InterruptedException {
        Path beside = Path.of(java).resolveSibling("jcmd");
        String program = Files.exists(beside) ? beside.toString() : "jcmd";
        Process process = new ProcessBuilder(program, Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(JCMD_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("jcmd " + command + " failed: " + out);
        }
        return out;
    }
}
