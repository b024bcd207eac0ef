package io.ferrymq.server.cli;

import io.ferrymq.StoreConfig.SyncMode;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A sync mode as it is written in files: {@code unsafe-os}. */
final class SyncModeConverter implements ITypeConverter<SyncMode> {
    @Override
    public SyncMode convert(String text) {
        return Arrays.stream(SyncMode.values())
                .filter(mode -> mode.toString().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "one of " + Arrays.toString(SyncMode.values()) + " expected, not '" + text + "'"));
    }
}
