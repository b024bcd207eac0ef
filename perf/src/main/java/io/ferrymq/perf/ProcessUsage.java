package io.ferrymq.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Processor time and memory of a process as Linux tells it in {@code /proc}. */
record ProcessUsage(long cpuUs, long residentBytes) {
    /** USER_HZ, which Linux keeps at 100 for every program whatever the kernel's own tick. */
    private static final long TICK_US = TimeUnit.SECONDS.toMicros(1) / 100;

    static ProcessUsage of(long pid) {
        Path directory = Path.of("/proc/" + pid);
        try {
            return parse(Files.readString(directory.resolve("stat")), Files.readString(directory.resolve("status")));
        } catch (IOException e) {
            throw new UncheckedIOException("process has ended: pid=" + pid, e);
        }
    }

    /** The stat line is {@code pid (name) state ...}; the name may hold blanks and brackets, so count from its last bracket. */
    static ProcessUsage parse(String stat, String status) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ");
        long userTicks = Long.parseLong(fields[11]);
        long systemTicks = Long.parseLong(fields[12]);
        long residentKb = status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
        return new ProcessUsage((userTicks + systemTicks) * TICK_US, residentKb << 10);
    }
}
