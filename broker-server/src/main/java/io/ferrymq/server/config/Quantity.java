package io.ferrymq.server.config;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as people write them: {@code 64MiB}, {@code 30s}, {@code 10_000}. */
public final class Quantity {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9][0-9_]{0,24})\\s*([A-Za-z]*)");

    private static final Map<String, Long> BYTES = Map.of(
            "", 1L,
            "b", 1L,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30,
            "tib", 1L << 40);

    private static final Map<String, Long> MILLISECONDS =
            Map.of("", 1L, "ms", 1L, "s", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private static final Map<String, Long> COUNT = Map.of("", 1L);

    /** What a number means; decides which units it may have. */
    public enum Kind {
        BYTES("a size like 65536, 64KiB or 10MiB", Quantity.BYTES),
        MILLISECONDS("a duration like 500ms, 30s or 5m", Quantity.MILLISECONDS),
        COUNT("a whole number", Quantity.COUNT);

        private final String description;
        private final Map<String, Long> units;

        Kind(String description, Map<String, Long> units) {
            this.description = description;
            this.units = units;
        }

        public String description() {
            return description;
        }
    }

    private Quantity() {}

    /** In bytes, milliseconds or ones; empty when the text is no such quantity or too large for a long. */
    public static OptionalLong parse(Kind kind, String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        Long unit = kind.units.get(matcher.group(2).toLowerCase(Locale.ROOT));
        if (unit == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(
                    Math.multiplyExact(Long.parseLong(matcher.group(1).replace("_", "")), unit));
        } catch (ArithmeticException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
