package io.ferrymq.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A file system in a file, whose power can be cut: what its kernel cache had not written to the file by then is gone. Needs root and loop devices. Used by
 * one thread; a hook of the JVM's end unmounts what is left.
 *
 * <p>So that the kernel writes nothing on its own meanwhile, see {@link WriteBack}. The disk keeps every write that reached the device. That a device keeps less
 * than it was given, until told to flush, it does not show.
 */
final class CutDisk implements AutoCloseable {
    private static final int CONTROL_BYTES = 65_536;

    private final Path image;
    private final Path mountPoint;
    private final String fileSystem;
    private final Thread hook = new Thread(this::letGo);
    private volatile String device = "";

    private CutDisk(Path directory, String fileSystem) {
        this.image = directory.resolve("disk.img");
        this.mountPoint = directory.resolve("mnt");
        this.fileSystem = fileSystem;
    }

    /** A new, empty disk, mounted. */
    static CutDisk create(Path directory, String fileSystem, String size) throws IOException {
        CutDisk disk = new CutDisk(directory, fileSystem);
        Files.createDirectories(disk.mountPoint);
        run("truncate", "-s", size, disk.image.toString());
        run("mkfs." + fileSystem, "-q", disk.image.toString());
        Runtime.getRuntime().addShutdownHook(disk.hook);
        disk.mount();
        return disk;
    }

    /** Whether this machine and user can have such a disk. */
    static boolean possible(String fileSystem) {
        try {
            run("losetup", "-f");
            run("which", "mkfs." + fileSystem);
            return run("id", "-u").strip().equals("0");
        } catch (IOException e) {
            return false;
        }
    }

    Path root() {
        return mountPoint;
    }

    /** Cuts the power and gives it back: the journal of the file system is replayed, everything else is as the device had it. */
    void cut() throws IOException {
        Path control = mountPoint.resolve("control");
        writeControl(control);
        Path atCut = image.resolveSibling("cut.img");
        run("cp", "--sparse=always", image.toString(), atCut.toString());
        unmount();
        Files.move(atCut, image, StandardCopyOption.REPLACE_EXISTING);
        mount();
        requireHonest(control);
    }

    /** One file that is synced and one that is not. */
    private static void writeControl(Path control) throws IOException {
        byte[] content = ("x".repeat(CONTROL_BYTES)).getBytes(UTF_8);
        try (FileChannel channel = FileChannel.open(
                synced(control),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content));
            channel.force(true);
        }
        Files.write(unsynced(control), content);
    }

    private static void requireHonest(Path control) throws IOException {
        String written = "x".repeat(CONTROL_BYTES);
        Path unsynced = unsynced(control);
        if (!Files.readString(synced(control)).equals(written)) {
            throw new IllegalStateException("the disk lost what was synced: it is no test of a broker");
        }
        if (Files.exists(unsynced) && Files.readString(unsynced).equals(written)) {
            throw new IllegalStateException("the disk kept what was not synced: it is no test of a broker");
        }
        Files.deleteIfExists(unsynced);
    }

    private static Path synced(Path control) {
        return control.resolveSibling(control.getFileName() + ".synced");
    }

    private static Path unsynced(Path control) {
        return control.resolveSibling(control.getFileName() + ".unsynced");
    }

    private void mount() throws IOException {
        device = run("losetup", "-f", "--show", image.toString()).strip();
        // ext4 would write the data of new blocks with its own commit every 5 s
        List<String> options = fileSystem.equals("ext4") ? List.of("-o", "commit=300") : List.of();
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(options);
        command.addAll(List.of(device, mountPoint.toString()));
        run(command.toArray(new String[0]));
    }

    private void unmount() throws IOException {
        run("umount", mountPoint.toString());
        run("losetup", "-d", device);
        device = "";
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(hook);
        if (!device.isEmpty()) {
            unmount();
        }
        Files.deleteIfExists(image);
    }

    private void letGo() {
        try {
            if (!device.isEmpty()) {
                run("umount", "-l", mountPoint.toString());
                run("losetup", "-d", device);
            }
        } catch (IOException e) {
            System.err.println("cannot let go of " + mountPoint + ": " + e.getMessage());
        }
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.format(
                        Locale.ROOT, "%s: exit=%d, output=%s", List.of(command), process.exitValue(), output.strip()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + List.of(command), e);
        }
        return output;
    }
}
