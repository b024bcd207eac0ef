package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a data directory: a file lock against other processes, and a name in {@link #HELD} against other brokers in
 * this JVM. The kernel drops a process's locks on a file as soon as the process closes any descriptor of it, so a second
 * broker in the JVM must be refused before it opens the file: that is why this one mutable static exists. Any thread.
 */
final class StoreLock implements AutoCloseable {
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path key;
    private final FileChannel channel;

    private StoreLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Takes the lock of an existing directory or throws STORE_LOCKED. */
    static StoreLock take(Path directory) throws IOException {
        Path key = directory.toRealPath();
        if (!HELD.add(key)) {
            throw new BrokerException(
                    Code.STORE_LOCKED, "the data directory is in use by another broker in this JVM: " + directory);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(directory.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                throw new BrokerException(
                        Code.STORE_LOCKED, "the data directory is in use by another process: " + directory);
            }
            return new StoreLock(key, channel);
        } catch (IOException | RuntimeException e) {
            HELD.remove(key);
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    /**
     * Whether a broker uses the directory. Nothing is written; another process that wants the lock for itself at the very moment
     * of the look would be refused.
     */
    static boolean isHeld(Path directory) throws IOException {
        Path file = directory.resolve("LOCK");
        if (HELD.contains(directory.toRealPath())) {
            return true;
        }
        if (!Files.isReadable(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared == null;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(key);
        }
    }
}
