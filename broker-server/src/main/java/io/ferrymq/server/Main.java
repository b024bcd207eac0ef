package io.ferrymq.server;

import io.ferrymq.server.cli.FerryMq;

/** The program {@code ferrymq}: the one place that ends the JVM. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(FerryMq.execute(arguments));
    }
}
