package io.ferrymq.perf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The brokers compared. Each is a command that keeps its data in one directory and prints {@code NAME ready: tcp://HOST:PORT}. */
enum Peer {
    FERRYMQ,
    CLASSIC,
    ARTEMIS;

    private static final Path FERRYMQ_JAR = Path.of("broker-server", "target", "ferrymq.jar");
    private static final Path PEERS = Path.of("perf", "target", "peers");

    static Peer named(String name) {
        for (Peer peer : values()) {
            if (peer.label().equals(name)) {
                return peer;
            }
        }
        throw new UsageException("unknown broker: " + name + ", known: ferrymq, classic, artemis");
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
        Path needed = this == FERRYMQ ? FERRYMQ_JAR : PEERS.resolve(label()).resolve("classes");
        if (!Files.exists(needed)) {
            throw new UsageException("broker not built: " + label() + ", missing " + needed);
        }
    }
}
