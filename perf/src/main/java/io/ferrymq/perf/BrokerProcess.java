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
import org.jspecify.annotations.Nullable;

/** A broker in a child JVM. Its data directory is either its own, fresh and deleted on close, or the caller's. */
final class BrokerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("\\S+ ready: (tcp://\\S+)");
    private static final int START_SECONDS = 60;

    private static final int RESTART_SECONDS = 900;

    private final ChildProcess process;
    private final @Nullable Path own;
    private final String url;

    private BrokerProcess(ChildProcess process, @Nullable Path own, String url) {
        this.process = process;
        this.own = own;
        this.url = url;
    }

    static BrokerProcess start(Peer peer, List<String> java, Path work) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(Files.createDirectories(work.resolve("data")), peer.label());
        try {
            return start(peer, peer.command(java, data), data, START_SECONDS);
        } catch (IOException e) {
            delete(data);
            throw e;
        }
    }

    /** On data of the caller's, which stay; there may be much of it to recover. */
    static BrokerProcess onDataOfCaller(Peer peer, List<String> command) throws IOException, InterruptedException {
        return start(peer, command, null, RESTART_SECONDS);
    }

    private static BrokerProcess start(Peer peer, List<String> command, @Nullable Path own, int seconds)
            throws IOException, InterruptedException {
        Path log = Files.createDirectories(LoadSettings.WORK.resolve("logs")).resolve(peer.label() + ".log");
        CompletableFuture<String> ready = new CompletableFuture<>();
        ChildProcess process = ChildProcess.start(command, log, line -> {
            Matcher matcher = READY.matcher(line);
            if (matcher.matches()) {
                ready.complete(matcher.group(1));
            }
        });
        try {
            return new BrokerProcess(process, own, awaitReady(process, ready, seconds));
        } catch (IOException e) {
            process.close();
            throw new IOException(peer.label() + " did not get ready: " + e.getMessage() + ", log=" + log, e);
        }
    }

    private static String awaitReady(ChildProcess process, CompletableFuture<String> ready, int seconds)
            throws IOException, InterruptedException {
        for (int i = 0; i < seconds * 10; i++) {
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
        throw new IOException("no ready line within " + seconds + " s");
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

    /** Asks it to end and waits for as long as that takes; false when it had to be killed. */
    boolean stop(int seconds) throws InterruptedException {
        return process.stop(seconds);
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
        if (own != null) {
            delete(own);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
