package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of a data directory: a file lock against other processes, and a name in {@link #HELD} against other brokers in
 * this JVM. The kernel drops a process's locks on a file as soon as the process closes any descriptor of it, so a second
 * broker in the JVM must be refused before it opens the file, and the holder must never open it again: that is why this one
 * mutable static exists. Any thread.
 */
final class StoreLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLock.class);

    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    /** A standby must take over within two seconds. */
    private static final long POLL_NS = 250_000_000;

    private static final int MOST_CONTENT = 256;
    /** Behind the content, so that others can read it where a lock keeps readers out. */
    private static final long LOCKED_AT = Long.MAX_VALUE - 1;

    private final Path key;
    private final Path file;
    private final FileChannel channel;
    private final @Nullable Object identity;

    private StoreLock(Path key, Path file, FileChannel channel) throws IOException {
        this.key = key;
        this.file = file;
        this.channel = channel;
        this.identity = identity(file);
    }

    /**
     * Takes the lock of an existing directory.
     *
     * @param wait while somebody else has it: wait, for as long as it takes or until the thread is interrupted; else STORE_LOCKED
     */
    static StoreLock take(Path directory, boolean wait) throws IOException {
        return take(directory, wait, LockSupport::parkNanos);
    }

    /** @param pause waits so many nanoseconds, or less, before the next look */
    static StoreLock take(Path directory, boolean wait, LongConsumer pause) throws IOException {
        Path key = directory.toRealPath();
        boolean told = false;
        while (true) {
            Attempt attempt = attempt(key, directory);
            if (attempt.lock() != null) {
                if (told) {
                    LOG.info("standby: the data directory is free, taking over: {}", directory);
                }
                return attempt.lock();
            } else if (!wait || Thread.currentThread().isInterrupted()) {
                throw new BrokerException(
                        Code.STORE_LOCKED, "the data directory is in use by " + attempt.holder() + ": " + directory);
            } else if (!told) {
                LOG.info(
                        "standby: the data directory is in use by {}, waiting for it: {}", attempt.holder(), directory);
                told = true;
            }
            pause.accept(POLL_NS);
        }
    }

    /** The lock, or who has it. */
    private record Attempt(@Nullable StoreLock lock, String holder) {}

    private static Attempt attempt(Path key, Path directory) throws IOException {
        if (!HELD.add(key)) {
            return new Attempt(null, "another broker in this JVM");
        }
        StoreLock lock = null;
        FileChannel channel = null;
        try {
            Path file = directory.resolve("LOCK");
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            StoreLock candidate = new StoreLock(key, file, channel);
            if (tryLock(channel) == null) {
                return new Attempt(null, ("another process " + content(channel)).strip());
            }
            if (!candidate.isInPlace()) { // it was replaced between opening and locking
                return new Attempt(null, "another process");
            }
            lock = candidate;
            return new Attempt(lock, "");
        } finally {
            if (lock == null) {
                HELD.remove(key);
                if (channel != null) {
                    channel.close();
                }
            }
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
                FileLock shared = channel.tryLock(LOCKED_AT, 1, true)) {
            return shared == null;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_AT, 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Says in the file who has it, for people. */
    void sign(int epoch) throws IOException {
        String who = "epoch=" + epoch + " pid=" + ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        ByteBuffer bytes = ByteBuffer.wrap(who.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
    }

    private static String content(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_CONTENT);
        channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return text.matches("[\\w =]+") ? "(" + text + ")" : "";
    }

    /** Whether the file that is locked still has its name: who removes it lets others in. */
    boolean isInPlace() throws IOException {
        try {
            return Objects.equals(identity, identity(file));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Without opening it. Null where the file system has no such thing; then all are equal. */
    private static @Nullable Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
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
