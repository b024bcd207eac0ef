package io.ferrymq.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file system under a directory. Any thread. */
interface DiskSpace {
    /** What this process may still write. */
    long usableBytes() throws IOException;

    /** Its size. */
    long totalBytes() throws IOException;

    /** @param directory must exist */
    static DiskSpace of(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return new DiskSpace() {
            @Override
            public long usableBytes() throws IOException {
                return store.getUsableSpace();
            }

            @Override
            public long totalBytes() throws IOException {
                return store.getTotalSpace();
            }
        };
    }
}
