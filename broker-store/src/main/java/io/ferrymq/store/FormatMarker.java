package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file FORMAT of a data directory: what wrote it and who it is. Lines {@code name=value}, the last one a checksum over
 * those before it. Replaced as a whole: written beside, synced, renamed, directory synced.
 *
 * @param engine the name of the engine that writes the segments
 * @param id the broker id, for ever
 * @param salt goes into every checksum, so that no message body can pass for a frame
 * @param epoch how often the journal was started
 */
record FormatMarker(String engine, String id, long salt, int epoch) {
    /** The version of everything in the data directory that this build writes and reads. */
    static final int VERSION = 1;

    static final String FILE = "FORMAT";

    FormatMarker nextEpoch() {
        return new FormatMarker(engine, id, salt, epoch + 1);
    }

    void write(Path directory) throws IOException {
        String lines = "format=%d%nengine=%s%nid=%s%nsalt=%016x%nepoch=%d%n"
                .formatted(VERSION, engine, id, salt, epoch)
                .replace("\r", "");
        Path beside = directory.resolve(FILE + ".tmp");
        ByteBuffer bytes =
                ByteBuffer.wrap((lines + "crc32c=" + checksum(lines) + "\n").getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(beside, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        Directories.force(directory);
    }

    /** Empty when the directory has none; STORE_FORMAT when it cannot be read by this build. */
    static Optional<FormatMarker> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> values.put(name(line), line.substring(line.indexOf('=') + 1)));
        String format = values.getOrDefault("format", "");
        if (format.matches("\\d{1,9}") && Integer.parseInt(format) > VERSION) {
            throw refused(file, "was written by a newer FerryMQ: format=" + format + ", this build reads " + VERSION);
        }
        int end = text.lastIndexOf("crc32c=");
        if (end < 0 || !checksum(text.substring(0, end)).equals(values.get("crc32c"))) {
            throw refused(file, "is damaged: its checksum does not match");
        }
        try {
            return Optional.of(new FormatMarker(
                    values.getOrDefault("engine", ""),
                    values.getOrDefault("id", ""),
                    Long.parseUnsignedLong(values.getOrDefault("salt", ""), 16),
                    Integer.parseInt(values.getOrDefault("epoch", ""))));
        } catch (NumberFormatException e) {
            throw refused(file, "is damaged: " + e.getMessage());
        }
    }

    private static String name(String line) {
        return line.substring(0, Math.max(0, line.indexOf('=')));
    }

    private static BrokerException refused(Path file, String why) {
        return new BrokerException(Code.STORE_FORMAT, "the store marker " + file + " " + why);
    }

    private static String checksum(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.ISO_8859_1));
        return "%08x".formatted(crc.getValue());
    }
}
