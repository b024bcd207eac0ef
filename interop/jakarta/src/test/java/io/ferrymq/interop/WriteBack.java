package io.ferrymq.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps the kernel from writing dirty pages on its own, until closed or until the JVM ends, whichever comes first. Of the whole machine; needs root. Used by
 * one test at a time.
 */
final class WriteBack implements AutoCloseable {
    private static final Path PERIOD = Path.of("/proc/sys/vm/dirty_writeback_centisecs");
    /** Five minutes. */
    private static final String STOPPED = "30000";

    private static final String KERNEL_DEFAULT = "500";

    private final String before;
    private final Thread hook = new Thread(this::restore);

    private WriteBack(String before) {
        this.before = before;
    }

    static WriteBack stop() {
        try {
            String found = found();
            // a run that was killed has left its own value
            WriteBack stopped = new WriteBack(found.equals(STOPPED) ? KERNEL_DEFAULT : found);
            Runtime.getRuntime().addShutdownHook(stopped.hook);
            Files.writeString(PERIOD, STOPPED);
            return stopped;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In one read: the kernel answers a second one, for what did not fit, with the end of the file. */
    private static String found() throws IOException {
        byte[] bytes = new byte[64];
        try (InputStream in = Files.newInputStream(PERIOD)) {
            int length = in.read(bytes);
            return new String(bytes, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip();
        }
    }

    private void restore() {
        try {
            Files.writeString(PERIOD, before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        restore();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
