package io.ferrymq.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The brokers the rigs know: {@code chronicle} and {@code nio} are FerryMQ with that engine, {@code auto} with its own choice; {@code classic} and {@code artemis} are the others. */
record RigBroker(String name) {
    /** Whether it has to keep FerryMQ's promises; the others are only counted. */
    boolean ferry() {
        return !name.equals("classic") && !name.equals("artemis");
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
        List<String> options = new ArrayList<>(List.of("--store-engine", name));
        if (!settings.isBlank()) {
            Path file = Files.writeString(work.resolve("ferrymq.yaml"), settings);
            options.addAll(List.of("--config", file.toString()));
        }
        return ChildBroker.ferryJar(data, log, options, ChildBroker.java(javaHome));
    }

    @Override
    public String toString() {
        return name;
    }
}
