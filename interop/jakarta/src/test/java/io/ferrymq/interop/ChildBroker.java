package io.ferrymq.interop;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A broker in a process of its own. Takes {@code --port} and {@code --data}, prints a line when ready, and stops on SIGTERM or is killed. */
final class ChildBroker implements BrokerUnderTest {
    private static final long READY_SECONDS = 60;
    private static final long STOP_SECONDS = 20;

    private final List<String> command;
    private final String readyPrefix;
    private final Path log;
    private Process process;
    private String uri;
    private long readyBefore;

    private ChildBroker(List<String> command, String readyPrefix, Path log) {
        this.command = command;
        this.readyPrefix = readyPrefix;
        this.log = log;
    }

    /** A command and the options that say where clients find the broker and where its data is. */
    private static List<String> at(List<String> command, Path data) {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("--port", Integer.toString(freePort()), "--data", data.toString()));
        return whole;
    }

    /** The standalone jar, as a user starts it. */
    static ChildBroker ferryJar(Path data) {
        return ferryJar(data, logBeside(data), List.of());
    }

    /** The standalone jar with more options of {@code run}, and its log where the data is not. */
    static ChildBroker ferryJar(Path data, Path log, List<String> options) {
        return ferryJar(data, log, options, java());
    }

    /** The standalone jar on this Java. */
    static ChildBroker ferryJar(Path data, Path log, List<String> options, String java) {
        Path jar = Path.of(System.getProperty("ferrymq.jar", "../../broker-server/target/ferrymq.jar"));
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("no jar, build broker-server first: " + jar.toAbsolutePath());
        }
        List<String> command = new ArrayList<>(List.of(java, "-Xmx512m", "-jar", jar.toString(), "run"));
        command.addAll(options);
        return new ChildBroker(at(command, data), "FerryMQ ready: ", log);
    }

    /** ActiveMQ Classic, see interop/classic. */
    static ChildBroker classic(Path data) {
        return classic(data, List.of());
    }

    /** ActiveMQ Classic with more options of ClassicBroker. */
    static ChildBroker classic(Path data, List<String> options) {
        Path home = Path.of(System.getProperty("classic.home", "../classic/target"));
        if (!Files.isDirectory(home.resolve("lib"))) {
            throw new IllegalStateException("not built, run mvn -f interop/classic package: " + home.toAbsolutePath());
        }
        String classPath = home.resolve("classes") + File.pathSeparator + home.resolve("lib") + "/*";
        List<String> command = new ArrayList<>(
                List.of(java(), "-Xmx512m", "-cp", classPath, "io.ferrymq.interop.classic.ClassicBroker"));
        command.addAll(options);
        return new ChildBroker(at(command, data), "Classic ready: ", logBeside(data));
    }

    /** ActiveMQ Classic or Artemis as they come, see perf/peers. After a start it may be at another address. */
    static ChildBroker peer(String name, Path data, Path log) {
        Path home = Path.of(System.getProperty("peers.home", "../../perf/target/peers"), name)
                .toAbsolutePath();
        if (!Files.isDirectory(home.resolve("classes"))) {
            throw new IllegalStateException("not built, run perf/run first: " + home.toAbsolutePath());
        }
        String title = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        List<String> command = List.of(
                java(),
                "-Xmx512m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                home.resolve("classes") + File.pathSeparator + home.resolve("lib") + "/*",
                title + "Peer",
                data.toString());
        return new ChildBroker(command, title + " ready: ", log);
    }

    private static Path logBeside(Path data) {
        return data.resolveSibling(data.getFileName() + ".log");
    }

    @Override
    public void start() {
        launch();
        try {
            uri = awaitReady();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins to start, and does not wait until it accepts connections. */
    void launch() {
        try {
            readyBefore = readyLines();
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The log keeps the ready lines of earlier starts, which are skipped. */
    private String awaitReady() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (System.nanoTime() < deadline) {
            Optional<String> ready = readyLine(readyBefore);
            if (ready.isPresent()) {
                return ready.get().substring(readyPrefix.length()).trim();
            }
            if (waitForEnd(20, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        kill();
        throw new IllegalStateException("broker did not get ready: command=" + command + ", log=" + log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private long readyLines() throws IOException {
        if (Files.notExists(log)) {
            return 0;
        }
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            return lines.lines().filter(line -> line.startsWith(readyPrefix)).count();
        }
    }

    private Optional<String> readyLine(long skip) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            return lines.lines()
                    .filter(line -> line.startsWith(readyPrefix))
                    .skip(skip)
                    .findFirst();
        }
    }

    @Override
    public void stop() {
        if (process != null) {
            process.destroy();
            if (!waitForEnd(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
                throw new IllegalStateException("broker did not stop on SIGTERM: log=" + log);
            }
        }
    }

    @Override
    public void crash() {
        kill();
        start();
    }

    /** Ends the process as kill -9 does; returns when it is gone. */
    void kill() {
        process.toHandle().destroyForcibly();
        waitForEnd(STOP_SECONDS, TimeUnit.SECONDS);
    }

    private boolean waitForEnd(long time, TimeUnit unit) {
        try {
            return process.waitFor(time, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker", e);
        }
    }

    @Override
    public String uri() {
        return uri;
    }

    /** The command of the Java at this home; of this JVM if it is blank. */
    static String java(String home) {
        return home.isBlank() ? java() : Path.of(home, "bin", "java").toString();
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
