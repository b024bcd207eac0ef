package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file FORMAT of a data directory: what wrote it and who it is. Lines {@code name=value}, the last one a checksum over
 * those before it.
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
        ReplacedFile.write(directory.resolve(FILE), CheckedLines.of(lines));
    }

    /** Empty when the directory has none; STORE_FORMAT when it cannot be read by this build. */
    static Optional<FormatMarker> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        CheckedLines lines = CheckedLines.read(Files.readAllBytes(file));
        String format = lines.value("format");
        if (format.matches("\\d{1,9}") && Integer.parseInt(format) > VERSION) {
            throw refused(file, "was written by a newer FerryMQ: format=" + format + ", this build reads " + VERSION);
        }
        if (!lines.isIntact()) {
            throw refused(file, "is damaged: its checksum does not match");
        }
        try {
            return Optional.of(new FormatMarker(
                    lines.value("engine"),
                    lines.value("id"),
                    Long.parseUnsignedLong(lines.value("salt"), 16),
                    Integer.parseInt(lines.value("epoch"))));
        } catch (NumberFormatException e) {
            throw refused(file, "is damaged: " + e.getMessage());
        }
    }

    private static BrokerException refused(Path file, String why) {
        return new BrokerException(Code.STORE_FORMAT, "the store marker " + file + " " + why);
    }
}
