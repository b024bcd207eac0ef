package io.ferrymq.store;

import java.util.Locale;
import java.util.Optional;

/**
 * Whether Chronicle can run in this JVM, found out without touching its files. The one place of this module that reads and
 * sets system properties: Chronicle has no other switch for its network traffic, its banner and its disk monitor.
 */
final class ChronicleAccess {
    /** What an embedder adds to the command line. */
    static final String FLAGS =
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED --add-exports=java.base/sun.nio.ch=ALL-UNNAMED";

    private static final String[] QUIET = {
        "chronicle.analytics.disable", "chronicle.announcer.disable", "chronicle.disk.monitor.disable"
    };

    private ChronicleAccess() {}

    /** Switches off what phones home or chatters, unless somebody has decided otherwise. */
    static void quiet() {
        for (String property : QUIET) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, "true");
            }
        }
    }

    /** Why it cannot run here; empty when it can. */
    static Optional<String> obstacle() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        if (!os.contains("linux") || !arch.contains("64")) {
            return Optional.of("it needs 64-bit Linux, this is " + os + " on " + arch);
        }
        Module ours = ChronicleAccess.class.getModule();
        Module base = Object.class.getModule();
        if (!base.isOpen("java.lang.reflect", ours) || !base.isExported("sun.nio.ch", ours)) {
            return Optional.of("the JVM was started without " + FLAGS);
        }
        return loads();
    }

    private static Optional<String> loads() {
        quiet();
        try {
            long address = net.openhft.chronicle.core.OS.memory().allocate(64);
            net.openhft.chronicle.core.OS.memory().freeMemory(address, 64);
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of("it does not load: " + e);
        }
    }
}
