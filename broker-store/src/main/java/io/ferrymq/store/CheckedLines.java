package io.ferrymq.store;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** Text of lines {@code name=value}, the last one a checksum over those before it. */
record CheckedLines(Map<String, String> values, boolean isIntact) {
    private static final String CHECKSUM = "crc32c";

    /** The bytes of these lines, each of which ends with a line feed, with their checksum. */
    static byte[] of(String lines) {
        return (lines + CHECKSUM + "=" + checksum(lines) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    static CheckedLines read(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Map<String, String> values = new HashMap<>();
        text.lines().forEach(line -> values.put(name(line), line.substring(line.indexOf('=') + 1)));
        int end = text.lastIndexOf(CHECKSUM + "=");
        boolean intact = end >= 0 && checksum(text.substring(0, end)).equals(values.get(CHECKSUM));
        return new CheckedLines(values, intact);
    }

    private static String name(String line) {
        return line.substring(0, Math.max(0, line.indexOf('=')));
    }

    private static String checksum(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.ISO_8859_1));
        return "%08x".formatted(crc.getValue());
    }

    /** Empty for a name that is not there. */
    String value(String name) {
        return values.getOrDefault(name, "");
    }
}
