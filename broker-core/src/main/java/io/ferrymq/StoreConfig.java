package io.ferrymq;

import java.util.Locale;

/**
 * How the journal treats its directory, beside the engine and the size of its segments.
 *
 * @param sync what has happened to a message before its producer is answered
 * @param waitForLock while another broker has the data directory: wait as its standby, and take over when it ends
 * @param minFreeBytes space of the file system that persistent messages leave free, at least two segments; {@link #DEFAULT}: two
 *     segments and a twentieth of the file system, at most 1 GiB
 * @param ballastBytes size of the file that is given up when space is low, at most a sixteenth of the file system; 0 for none;
 *     {@link #DEFAULT}: 64 MiB, at most four segments
 * @param snapshotEveryBytes how much of the log, or four times the size of a snapshot, lies behind it when the next one is made
 * @param syncOnIoThreads the threads that serve sockets write and sync the journal themselves while syncs are short; else a sync that stalls
 *     holds up nobody who does not wait for the disk, and each message costs two threads that are woken
 */
public record StoreConfig(
        SyncMode sync,
        boolean waitForLock,
        long minFreeBytes,
        long ballastBytes,
        long snapshotEveryBytes,
        boolean syncOnIoThreads) {
    /** The journal decides, by the size of its segments and of the file system. */
    public static final long DEFAULT = -1;

    private static final long SNAPSHOT_EVERY = 256L << 20;

    /** When an answer may leave. */
    public enum SyncMode {
        /** After a sync: survives kill -9 and a power cut. */
        ALWAYS,
        /** Once the operating system has it: survives kill -9, not a power cut and not a crash of the operating system. */
        UNSAFE_OS;

        /** As it is written in files and logs. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static StoreConfig defaults() {
        return new StoreConfig(SyncMode.ALWAYS, false, DEFAULT, DEFAULT, SNAPSHOT_EVERY, true);
    }

    public StoreConfig withSync(SyncMode value) {
        return new StoreConfig(value, waitForLock, minFreeBytes, ballastBytes, snapshotEveryBytes, syncOnIoThreads);
    }

    public StoreConfig withWaitForLock(boolean value) {
        return new StoreConfig(sync, value, minFreeBytes, ballastBytes, snapshotEveryBytes, syncOnIoThreads);
    }

    public StoreConfig withMinFreeBytes(long value) {
        return new StoreConfig(sync, waitForLock, value, ballastBytes, snapshotEveryBytes, syncOnIoThreads);
    }

    public StoreConfig withBallastBytes(long value) {
        return new StoreConfig(sync, waitForLock, minFreeBytes, value, snapshotEveryBytes, syncOnIoThreads);
    }

    public StoreConfig withSnapshotEveryBytes(long value) {
        return new StoreConfig(sync, waitForLock, minFreeBytes, ballastBytes, value, syncOnIoThreads);
    }

    public StoreConfig withSyncOnIoThreads(boolean value) {
        return new StoreConfig(sync, waitForLock, minFreeBytes, ballastBytes, snapshotEveryBytes, value);
    }
}
