package io.ferrymq.perf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What reaches the device under a directory: the counters of the kernel, which count for everybody who uses it. With a file as the device
 * (loop) and a file system of its own on it nobody else does; that takes root.
 */
final class BlockDevice implements AutoCloseable {
    private static final int SECTOR = 512;
    private static final int COMMAND_SECONDS = 120;

    private final Path directory;
    private final Path counters;
    private final List<List<String>> undo;

    private BlockDevice(Path directory, List<List<String>> undo) throws IOException, InterruptedException {
        this.directory = directory;
        this.undo = undo;
        String source = run("findmnt", "-n", "-o", "SOURCE", "--target", directory.toString());
        this.counters =
                Path.of("/sys/class/block", Path.of(source).getFileName().toString(), "stat");
    }

    /** The device that the directory is on, whoever else uses it. */
    static BlockDevice under(Path directory) throws IOException, InterruptedException {
        return new BlockDevice(directory, List.of());
    }

    /** A new ext4 in a sparse file, with the defaults of mkfs and mount. */
    static BlockDevice loop(Path work, String size) throws IOException, InterruptedException {
        Path image = Files.createTempFile(Files.createDirectories(work), "volume", ".img");
        run("truncate", "-s", size, image.toString());
        run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image.toString());
        Path directory = Files.createTempDirectory(work, "volume");
        String device = run("losetup", "--show", "-f", image.toString());
        run("mount", device, directory.toString());
        return new BlockDevice(
                directory,
                List.of(
                        List.of("umount", directory.toString()),
                        List.of("losetup", "-d", device),
                        List.of("rmdir", directory.toString()),
                        List.of("rm", image.toString())));
    }

    Path directory() {
        return directory;
    }

    /** Everything that was written before has reached the device and is counted. */
    Counters counters() throws IOException, InterruptedException {
        run("sync", "-f", directory.toString());
        return Counters.parse(Files.readString(counters));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + out);
        }
        return out;
    }

    @Override
    public void close() {
        try {
            for (List<String> command : undo) {
                run(command.toArray(new String[0]));
            }
        } catch (IOException e) {
            System.err.println("perf/store: left behind: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** See Documentation/block/stat.rst of Linux. */
    record Counters(long writes, long writtenBytes, long flushes) {
        static Counters parse(String stat) {
            String[] fields = stat.trim().split("\\s+");
            long flushes = fields.length > 15 ? Long.parseLong(fields[15]) : 0;
            return new Counters(Long.parseLong(fields[4]), Long.parseLong(fields[6]) * SECTOR, flushes);
        }

        Counters since(Counters earlier) {
            return new Counters(
                    writes - earlier.writes, writtenBytes - earlier.writtenBytes, flushes - earlier.flushes);
        }
    }
}
