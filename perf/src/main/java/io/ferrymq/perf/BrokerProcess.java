package io.ferrymq.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A broker in a child JVM with a fresh data directory, which is deleted on close. */
final class BrokerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("\\S+ ready: (tcp://\\S+)");
    private static final int START_SECONDS = 60;

    private final ChildProcess process;
    private final Path data;
    private final String url;

    private BrokerProcess(ChildProcess process, Path data, String url) {
        this.process = process;
        this.data = data;
        this.url = url;
    }

    static BrokerProcess start(Peer peer, List<String> java, Path work) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(Files.createDirectories(work.resolve("data")), peer.label());
        Path log = Files.createDirectories(work.resolve("logs")).resolve(peer.label() + ".log");
        CompletableFuture<String> ready = new CompletableFuture<>();
        ChildProcess process = ChildProcess.start(peer.command(java, data), log, line -> {
            Matcher matcher = READY.matcher(line);
            if (matcher.matches()) {
                ready.complete(matcher.group(1));
            }
        });
        try {
            return new BrokerProcess(process, data, awaitReady(process, ready));
        } catch (IOException e) {
            process.close();
            delete(data);
            throw new IOException(peer.label() + " did not get ready: " + e.getMessage() + ", log=" + log, e);
        }
    }

    private static String awaitReady(ChildProcess process, CompletableFuture<String> ready)
            throws IOException, InterruptedException {
        for (int i = 0; i < START_SECONDS * 10; i++) {
            try {
                return ready.get(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!process.isAlive()) {
                    throw new IOException("exit code " + process.exitCode(), e);
                }
            } catch (ExecutionException e) {
                throw new IOException(e);
            }
        }
        throw new IOException("no ready line within " + START_SECONDS + " s");
    }

    String url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.close();
        delete(data);
    }

    private static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
