package io.ferrymq.server.cli;

import io.ferrymq.Broker;
import io.ferrymq.BrokerException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a broker that is a process: started, announced, stopped by a signal or by the failure of its journal. The main
 * thread runs it; the JVM's shutdown thread stops it. A library has no shutdown hook; this is where the program has its one.
 */
final class BrokerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerProcess.class);

    /** Longer than any sync of a healthy disk, shorter than the 90 s after which systemd kills. */
    private static final long MAX_CLOSE_MS = 60_000;

    private final PrintWriter out;
    private final AtomicReference<Optional<Broker>> running = new AtomicReference<>(Optional.empty());

    BrokerProcess(PrintWriter out) {
        this.out = out;
    }

    /** Returns only by an exception: a broker that runs well ends with the JVM. */
    int run(Broker.Builder builder) {
        Thread hook = new Thread(this::stopAndHalt, "ferrymq-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Broker broker = builder.start();
            running.set(Optional.of(broker));
            out.println("FerryMQ ready: " + broker.uri());
            out.flush();
            BrokerException failure = broker.failure().toCompletableFuture().join();
            LOG.error("stopping, the journal failed: {}", failure.getMessage());
            close(broker);
            throw new BrokerException(BrokerException.Code.STORE_FAILED, String.valueOf(failure.getMessage()), failure);
        } finally {
            forget(hook);
        }
    }

    /**
     * A signal came. The JVM would report the signal as exit code, so the hook ends the process itself when everything is
     * safe: that is a success.
     */
    private void stopAndHalt() {
        Optional<Broker> broker = running.get();
        int exitCode = ExitCode.OK;
        if (broker.isPresent()) {
            LOG.info("stopping");
            boolean closed = close(broker.get());
            boolean failed = broker.get().failure().toCompletableFuture().isDone();
            exitCode = failed ? ExitCode.STORE_FAILED : closed ? ExitCode.OK : ExitCode.FAILED;
            LOG.info("stopped");
        }
        out.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    /** False when it could not be closed in time or in order; what was acknowledged is on disk even then. */
    private static boolean close(Broker broker) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Thread closer = new Thread(
                () -> {
                    broker.close();
                    closed.complete(null);
                },
                "ferrymq-close");
        closer.setDaemon(true);
        closer.setUncaughtExceptionHandler((thread, failure) -> closed.completeExceptionally(failure));
        closer.start();
        try {
            closer.join(MAX_CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean inOrder = closed.isDone() && !closed.isCompletedExceptionally();
        if (!inOrder) {
            LOG.error("could not be closed in order: finished={}, limitMs={}", closed.isDone(), MAX_CLOSE_MS);
        }
        return inOrder;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("a signal came at the same time; the hook decides the exit code", e);
        }
    }
}
