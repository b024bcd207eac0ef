package io.ferrymq.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The generations of snapshots of one data directory: files named by the LSN that they were made behind. */
final class SnapshotFiles {
    private static final String SUFFIX = ".snapshot";
    private static final String UNFINISHED = ".tmp";
    private static final int GENERATIONS = 2;

    /** A file that is being written, from its beginning on. */
    interface Output extends Closeable {
        void write(ByteBuffer[] bytes) throws IOException;

        void force() throws IOException;
    }

    /** Makes a file, or empties it. */
    interface Opening {
        Output open(Path file) throws IOException;
    }

    private final Path directory;
    private final Opening opening;

    SnapshotFiles(Path directory) {
        this(directory, SnapshotFiles::onDisk);
    }

    /** @param opening the disk, with faults in tests */
    SnapshotFiles(Path directory, Opening opening) {
        this.directory = directory;
        this.opening = opening;
    }

    static Output onDisk(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        return new Output() {
            @Override
            public void write(ByteBuffer[] bytes) throws IOException {
                while (bytes[bytes.length - 1].hasRemaining()) {
                    channel.write(bytes);
                }
            }

            @Override
            public void force() throws IOException {
                channel.force(true);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    Output open(Path beside) throws IOException {
        return opening.open(beside);
    }

    List<Path> newestFirst() throws IOException {
        return files(SUFFIX).stream().sorted(Comparator.reverseOrder()).toList();
    }

    private List<Path> files(String suffix) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
        }
    }

    /** Where to write the next one; {@link #keep} puts it in its place. */
    Path beside(long lsn) throws IOException {
        if (!Files.isDirectory(directory)) {
            Directories.create(directory);
        }
        return directory.resolve("%016d%s%s".formatted(lsn, SUFFIX, UNFINISHED));
    }

    /** From now on it is the newest, and only the one before it is kept too. */
    void keep(Path beside) throws IOException {
        String name = beside.getFileName().toString();
        Path kept = directory.resolve(name.substring(0, name.length() - UNFINISHED.length()));
        Files.move(beside, kept, StandardCopyOption.ATOMIC_MOVE);
        Directories.force(directory);
        List<Path> all = newestFirst();
        int at = all.indexOf(kept); // what is before it is of a future that was lost with unsafe-os
        for (int i = 0; i < all.size(); i++) {
            if (i < at || i >= at + GENERATIONS) {
                Files.delete(all.get(i));
            }
        }
    }

    /** The size of the newest one, 0 without any. */
    long newestBytes() throws IOException {
        List<Path> all = newestFirst();
        return all.isEmpty() ? 0 : Files.size(all.get(0));
    }

    /** What was never finished. */
    void removeUnfinished() throws IOException {
        for (Path torn : files(UNFINISHED)) {
            Files.delete(torn);
        }
    }
}
