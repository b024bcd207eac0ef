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

    /** Makes the names of a directory and of those above it durable, up to the root of its file system. An absolute path. */
    static void forceNames(Path directory) throws IOException {
        Path below = directory;
        Path parent = directory.getParent();
        while (SYNCABLE && parent != null && device(parent).equals(device(below))) {
            if (Files.isReadable(parent)) { // else nobody may sync it
                force(parent);
            }
            below = parent;
            parent = parent.getParent();
        }
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }

    static void force(Path directory) throws IOException {
        if (SYNCABLE) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
