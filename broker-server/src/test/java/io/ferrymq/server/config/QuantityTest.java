package io.ferrymq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "BYTES, 64MiB, 67108864",
        "BYTES, 64 MiB, 67108864",
        "BYTES, 1kb, 1000",
        "BYTES, 4096, 4096",
        "MILLISECONDS, 30s, 30000",
        "MILLISECONDS, 5m, 300000",
        "MILLISECONDS, 50, 50",
        "COUNT, 100_000, 100000",
        "COUNT, 0, 0"
    })
    void shouldReadWhatPeopleWrite(Quantity.Kind kind, String text, long expected) {
        assertThat(Quantity.parse(kind, text)).hasValue(expected);
    }

    @ParameterizedTest
    @CsvSource({"BYTES, 30s", "MILLISECONDS, 1MiB", "COUNT, 1k", "COUNT, ''", "COUNT, 1.5", "BYTES, 9999999999999TiB"})
    void shouldNotGuess(Quantity.Kind kind, String text) {
        assertThat(Quantity.parse(kind, text)).isEmpty();
    }

    @Test
    void shouldNotFallOverAHugeNumber() {
        assertThat(Quantity.parse(Quantity.Kind.COUNT, "9".repeat(10_000))).isEmpty();
    }
}
