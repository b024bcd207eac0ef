package io.ferrymq.server;

import io.ferrymq.server.cli.FerryMq;

/** The program {@code ferrymq}: the one place that ends the JVM. */
public final class Main {
    /** Netty's search for buffers that were not given back; on in tests, where it belongs. */
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    private Main() {}

    public static void main(String[] arguments) {
        if (System.getProperty(LEAK_DETECTION) == null) {
            System.setProperty(LEAK_DETECTION, "disabled"); // samples stack traces: 1 % of a busy broker's time
        }
        System.exit(FerryMq.execute(arguments));
    }
}
