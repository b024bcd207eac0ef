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
    /** G1, Parallel and Serial write a line like this for the heap or each of its generations; that of the metaspace has no total. */
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    private static final int JCMD_SECONDS = 120;

    private HeapUse() {}

    static double mibAfterGc(String java, long pid) throws IOException, InterruptedException {
        // what the first one frees may hold references that the second one frees
        jcmd(java, pid, "GC.run");
        jcmd(java, pid, "GC.run");
        return mib(jcmd(java, pid, "GC.heap_info"));
    }

    static double mib(String heapInfo) {
        Matcher matcher = USED.matcher(heapInfo);
        long kib = 0;
        boolean found = false;
        while (matcher.find()) {
            found = true;
            kib += Long.parseLong(matcher.group(1));
        }
        return found ? kib / 1024.0 : Double.NaN;
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
