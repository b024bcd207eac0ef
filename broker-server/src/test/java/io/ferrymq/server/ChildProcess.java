package io.ferrymq.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** {@code java -jar ferrymq.jar} in a process of its own, as a user starts it. Owned by the test; its output is read by two threads. */
final class ChildProcess implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;
    private static final String READY = "FerryMQ ready: ";

    /** After the last line of an output, so that nobody waits for a line of a process that has ended. */
    private static final String END = "(end)";

    private final Process process;
    private final BlockingQueue<String> newOut = new LinkedBlockingQueue<>();
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final List<Thread> readers;

    private ChildProcess(Process process) {
        this.process = process;
        readers = List.of(
                reader(process.getInputStream(), this::onOut, () -> newOut.add(END)),
                reader(process.getErrorStream(), err::add, () -> {}));
    }

    static ChildProcess start(Path directory, List<String> jvmOptions, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-Xmx256m", "-jar", System.getProperty("ferrymq.jar")));
        command.addAll(List.of(arguments));
        try {
            return new ChildProcess(
                    new ProcessBuilder(command).directory(directory.toFile()).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the ready line and returns the URL in it. */
    String awaitReady() throws InterruptedException {
        String line = newOut.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (line == null || !line.startsWith(READY)) {
            throw new AssertionError(
                    "no ready line: first line=" + line + ", alive=" + process.isAlive() + ", stderr=" + err);
        }
        return line.substring(READY.length());
    }

    /** Waits for a line on standard error. */
    void awaitLog(String part) {
        Awaitility.await().atMost(DEADLINE_SECONDS, TimeUnit.SECONDS).until(() -> err.stream()
                .anyMatch(line -> line.contains(part)));
    }

    /** SIGTERM. */
    ChildProcess terminate() {
        process.destroy();
        return this;
    }

    /** SIGKILL. */
    ChildProcess kill() {
        process.destroyForcibly();
        return this;
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: stderr=" + err);
        }
        for (Thread reader : readers) {
            reader.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    List<String> out() {
        return out;
    }

    List<String> err() {
        return err;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void onOut(String line) {
        out.add(line);
        newOut.add(line);
    }

    private static Thread reader(InputStream stream, Consumer<String> onLine, Runnable onEnd) {
        Thread thread = new Thread(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                lines.lines().forEach(onLine);
            } catch (IOException | UncheckedIOException e) {
                // the process was killed: what was read is all there is
            }
            onEnd.run();
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
