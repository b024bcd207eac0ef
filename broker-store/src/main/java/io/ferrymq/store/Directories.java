package io.ferrymq.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes names durable: on a Unix file system a new or removed file is only certain once its directory is synced. */
final class Directories {
    private static final boolean SYNCABLE = java.io.File.separatorChar == '/';

    private Directories() {}

    static void force(Path directory) throws IOException {
        if (SYNCABLE) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
