package io.ferrymq.store;

import io.ferrymq.BrokerConfig.StoreEngine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a JVM like this one. */
final class Children {
    private Children() {}

    static Process crashChild(Path data, StoreEngine engine) throws IOException {
        return crashChild(data, engine, true);
    }

    /** @param flags whether the child gets the JVM flags that this JVM has */
    static Process crashChild(Path data, StoreEngine engine, boolean flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flags)
                .filter(flag -> flag.startsWith("--add-") || flag.startsWith("--enable-") || flag.startsWith("--sun-"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CrashChild.class.getName()));
        command.addAll(List.of(data.toString(), engine.name()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
