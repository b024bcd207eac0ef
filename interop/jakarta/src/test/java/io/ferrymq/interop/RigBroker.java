package io.ferrymq.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The brokers the rigs know: {@code chronicle} and {@code nio} are FerryMQ with that engine, {@code auto} with its own choice, {@code nio-unsafe-os} with
 * that sync mode; {@code classic} and {@code artemis} are the others.
 */
record RigBroker(String name) {
    private static final String UNSAFE = "-unsafe-os";
    /** Far more than the default, so that the rig's own measuring does not blur it. */
    private static final int LAZY_SYNC_MS = 500;

    /** Whether it has to keep FerryMQ's promises; the others are only counted. */
    boolean ferry() {
        return !name.equals("classic") && !name.equals("artemis");
    }

    private boolean unsafe() {
        return name.endsWith(UNSAFE);
    }

    /** How much of what was acknowledged last a power cut may take, in milliseconds; a kill nothing. */
    int mayLoseMs() {
        return unsafe() ? LAZY_SYNC_MS : 0;
    }

    /**
     * A broker that is not started.
     *
     * @param data its directory
     * @param work where its log and its settings are
     * @param settings of FerryMQ; the others are as they come
     */
    ChildBroker at(Path data, Path work, String settings) throws IOException {
        return at(data, work, settings, "");
    }

    /** As above, on another Java, if the home of one is given. */
    ChildBroker at(Path data, Path work, String settings, String javaHome) throws IOException {
        Path log = work.resolve(name + ".log");
        if (!ferry()) {
            return ChildBroker.peer(name, data, log);
        }
        List<String> options = new ArrayList<>(List.of("--store-engine", name.replace(UNSAFE, "")));
        if (unsafe()) {
            options.addAll(List.of("--store-sync", "unsafe-os"));
        }
        String all = settings + (unsafe() ? "limits:\n  lazySyncMs: " + LAZY_SYNC_MS + "ms\n" : "");
        if (!all.isBlank()) {
            Path file = Files.writeString(work.resolve("ferrymq.yaml"), all);
            options.addAll(List.of("--config", file.toString()));
        }
        return ChildBroker.ferryJar(data, log, options, ChildBroker.java(javaHome));
    }

    @Override
    public String toString() {
        return name;
    }
}
