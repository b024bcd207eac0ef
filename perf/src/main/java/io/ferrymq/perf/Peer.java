package io.ferrymq.perf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What FerryMQ is compared with. Each broker is a command that keeps its data in one directory and prints
 * {@code NAME ready: tcp://HOST:PORT}; {@code null} keeps none, and {@code ceiling} is no broker but a bare file with group commit.
 */
enum Peer {
    FERRYMQ,
    CLASSIC,
    ARTEMIS,
    NULL,
    CEILING;

    private static final Path FERRYMQ_JAR = Path.of("broker-server", "target", "ferrymq.jar");
    private static final Path PEERS = Path.of("perf", "target", "peers");

    static Peer named(String name) {
        for (Peer peer : values()) {
            if (peer.label().equals(name)) {
                return peer;
            }
        }
        throw UsageException.unknown(
                "broker", name, Stream.of(values()).map(Peer::label).toList());
    }

    /** Not the ceiling, which is none. */
    static Peer brokerNamed(String name) {
        Peer peer = named(name);
        if (peer == CEILING) {
            throw new UsageException("not a broker: " + name);
        }
        return peer;
    }

    static String labels(List<Peer> peers) {
        return peers.stream().map(Peer::label).collect(Collectors.joining(","));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The working directory is the project's root, as the scripts see to. */
    List<String> command(List<String> java, Path data) {
        List<String> command = new ArrayList<>(java);
        switch (this) {
            case FERRYMQ ->
                command.addAll(
                        List.of("-jar", FERRYMQ_JAR.toString(), "run", "--port", "0", "--data", data.toString()));
            case CLASSIC -> addMain(command, "ClassicPeer", data);
            case ARTEMIS -> addMain(command, "ArtemisPeer", data);
            case NULL -> command.addAll(List.of("-cp", LoadJvm.CLASS_PATH, "io.ferrymq.perf.nullbroker.NullBroker"));
            case CEILING -> throw new IllegalStateException("not a broker: " + label());
        }
        return command;
    }

    private void addMain(List<String> command, String mainClass, Path data) {
        Path home = PEERS.resolve(label());
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.addAll(List.of("-cp", home.resolve("classes") + ":" + home.resolve("lib") + "/*", mainClass));
        command.add(data.toString());
    }

    void checkBuilt() {
        Path needed =
                switch (this) {
                    case FERRYMQ -> FERRYMQ_JAR;
                    case CLASSIC, ARTEMIS -> PEERS.resolve(label()).resolve("classes");
                    case NULL -> Path.of("perf", "target", "perf.jar");
                    case CEILING -> PEERS.resolve("journal").resolve("classes");
                };
        if (!Files.exists(needed)) {
            throw new UsageException("broker not built: " + label() + ", missing " + needed);
        }
    }
}
