package io.ferrymq.server.cli;

import io.ferrymq.server.config.Quantity;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers on the command line: the same notation as in configuration files. */
final class QuantityConverters {
    private QuantityConverters() {}

    /** {@code 30s}. */
    static final class OfDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Duration.ofMillis(parse(Quantity.Kind.MILLISECONDS, text));
        }
    }

    /** {@code 1KiB}, up to 2 GiB. */
    static final class OfBytes implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) parse(Quantity.Kind.BYTES, text);
        }
    }

    private static long parse(Quantity.Kind kind, String text) {
        return Quantity.parse(kind, text).stream()
                .filter(value -> value <= Integer.MAX_VALUE)
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not " + kind.description()));
    }
}
