package io.ferrymq.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A child JVM whose output is read line by line into a log file and to a listener, on one daemon thread. Never outlives this JVM's orderly end. */
final class ChildProcess implements AutoCloseable {
    private static final int STOP_SECONDS = 20;

    private final Process process;
    private final Thread reader;
    private final Thread hook;

    private ChildProcess(Process process, Path log, Consumer<String> onLine) {
        this.process = process;
        this.reader = new Thread(() -> read(process, log, onLine), "output-of-" + process.pid());
        this.reader.setDaemon(true);
        this.hook = new Thread(process::destroyForcibly, "kill-" + process.pid());
    }

    static ChildProcess start(List<String> command, Path log, Consumer<String> onLine) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        ChildProcess child = new ChildProcess(process, log, onLine);
        Runtime.getRuntime().addShutdownHook(child.hook);
        child.reader.start();
        return child;
    }

    private static void read(Process process, Path log, Consumer<String> onLine) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log), true)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                copy.println(line);
                onLine.accept(line);
            }
        } catch (IOException e) {
            onLine.accept("output lost: " + e.getMessage());
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** True when the process has ended in time and all it printed has been read. */
    boolean awaitEnd(long timeout, TimeUnit unit) throws InterruptedException {
        if (!process.waitFor(timeout, unit)) {
            return false;
        }
        reader.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        return true;
    }

    int exitCode() {
        return process.exitValue();
    }

    /** False when it did not end in time and was killed. */
    boolean stop(int seconds) throws InterruptedException {
        process.destroy();
        if (process.waitFor(seconds, TimeUnit.SECONDS)) {
            return true;
        }
        kill();
        return false;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** An interrupt while waiting shortens the wait: the child is then killed. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
