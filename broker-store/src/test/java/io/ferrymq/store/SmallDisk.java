package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real file system of 24 or 32 MiB; tests that want one are skipped where it cannot be mounted. Used by one thread. */
final class SmallDisk implements AutoCloseable {
    /** What kind. */
    enum Kind {
        TMPFS,
        EXT4
    }

    private final Path root;

    private SmallDisk(Path root) {
        this.root = root;
    }

    static SmallDisk mount(Path directory, Kind kind) throws IOException {
        Path root = Files.createDirectory(directory.resolve("disk"));
        Path image = directory.resolve("disk.img");
        boolean mounted =
                switch (kind) {
                    case TMPFS -> run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", root.toString());
                    case EXT4 ->
                        run("truncate", "-s", "32M", image.toString())
                                && run("mkfs.ext4", "-q", "-m", "0", image.toString())
                                && run("mount", "-o", "loop", image.toString(), root.toString());
                };
        Assumptions.assumeTrue(mounted, "cannot mount a small file system: " + kind);
        return new SmallDisk(root);
    }

    Path data() {
        return root.resolve("data");
    }

    Path stranger() {
        return root.resolve("stranger");
    }

    long usableBytes() {
        return root.toFile().getUsableSpace();
    }

    /** Somebody else takes all that is left; what is freed meanwhile may be given later. */
    void fill() throws IOException {
        try (OutputStream out =
                Files.newOutputStream(stranger(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] bytes = new byte[64 << 10];
            while (true) {
                out.write(bytes);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
        }
    }

    /** What was mapped of its files may be let go of a moment after they are closed. */
    @Override
    public void close() {
        await().until(() -> run("umount", root.toString()));
    }

    private static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
