package io.ferrymq.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes names durable: on a Unix file system a new or removed file is only certain once its directory is synced. */
final class Directories {
    private static final boolean SYNCABLE = java.io.File.separatorChar == '/';

    private Directories() {}

    /** Makes it if it is missing; its name is durable then. */
    static void create(Path directory) throws IOException {
        Files.createDirectories(directory);
        force(directory.toAbsolutePath().getParent());
    }

    /** Makes the name of a directory durable, and of those above it that are new too. Absolute paths. */
    static void forceNames(Path directory, Path notNew) throws IOException {
        Path parent = directory.getParent();
        boolean more = true;
        while (more && parent != null) {
            if (Files.isReadable(parent)) { // else nobody may sync it
                force(parent);
            }
            more = parent.startsWith(notNew) && !parent.equals(notNew);
            parent = parent.getParent();
        }
    }

    static void force(Path directory) throws IOException {
        if (SYNCABLE) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
