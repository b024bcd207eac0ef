package io.ferrymq.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Processor time of a process, that of its JIT compiler threads within it, and memory, as Linux tells them in {@code /proc}. */
record ProcessUsage(long cpuUs, long compilerUs, long residentBytes, int threads) {
    /** The system's ESRCH, of a thread that ended while its file was open. */
    private static final String ENDED = "No such process";

    /** USER_HZ, which Linux keeps at 100 for every program whatever the kernel's own tick. */
    private static final long TICK_US = TimeUnit.SECONDS.toMicros(1) / 100;

    /** {@code pid (name) state ...}: user and system ticks are the 14th and 15th field; the name may hold blanks and brackets. */
    private static final Pattern STAT =
            Pattern.compile("\\d+ \\((.*)\\)(?: \\S+){11} (\\d+) (\\d+) .*", Pattern.DOTALL);

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    static ProcessUsage of(long pid) {
        Path directory = Path.of("/proc/" + pid);
        try (Stream<Path> tasks = Files.list(directory.resolve("task"))) {
            List<String> threads =
                    tasks.map(task -> readIfThere(task.resolve("stat"))).toList();
            return parse(
                    Files.readString(directory.resolve("stat")),
                    threads,
                    Files.readString(directory.resolve("status")));
        } catch (IOException e) {
            throw new UncheckedIOException("process has ended: pid=" + pid, e);
        }
    }

    static ProcessUsage parse(String stat, List<String> threads, String status) {
        long compilerUs = threads.stream()
                .filter(thread -> thread.contains("(C1 Compiler") || thread.contains("(C2 Compiler"))
                .mapToLong(ProcessUsage::cpuUs)
                .sum();
        Matcher resident = RESIDENT.matcher(status);
        int alive = (int) threads.stream().filter(thread -> !thread.isEmpty()).count();
        long residentBytes = resident.find() ? Long.parseLong(resident.group(1)) << 10 : 0;
        return new ProcessUsage(cpuUs(stat), compilerUs, residentBytes, alive);
    }

    private static long cpuUs(String stat) {
        Matcher matcher = STAT.matcher(stat);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a stat line: " + stat);
        }
        return (Long.parseLong(matcher.group(2)) + Long.parseLong(matcher.group(3))) * TICK_US;
    }

    /** A thread may end between the listing and the reading. */
    private static String readIfThere(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (ENDED.equals(e.getMessage())) {
                return "";
            }
            throw new UncheckedIOException(e);
        }
    }

    /** What was used after {@code earlier}; memory and threads are as they are now. */
    ProcessUsage since(ProcessUsage earlier) {
        return new ProcessUsage(
                cpuUs - earlier.cpuUs, Math.max(0, compilerUs - earlier.compilerUs), residentBytes, threads);
    }
}
