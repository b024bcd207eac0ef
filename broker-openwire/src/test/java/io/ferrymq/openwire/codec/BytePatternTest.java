package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytePatternTest {
    @ParameterizedTest
    @CsvSource({
        "ABCAB, ABCAB, true",
        "ABCAB, xABCAB, true",
        "ABCAB, ABCABx, true",
        "ABCAB, ABCAABCAB, true",
        "ABCAB, ABABABCAABCABA, true",
        "ABCAB, ABCA, false",
        "ABCAB, ABCAABCA, false",
        "ABCAB, '', false",
        "A, xxA, true",
        "A, xxx, false"
    })
    void shouldFindAWord(String word, String in, boolean there) {
        assertThat(new BytePattern(word).isIn(in.getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(there);
    }

    @Test
    void shouldAgreeWithTheObviousSearch() {
        Random random = new Random(5);
        BytePattern pattern = new BytePattern("ABAAB");
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : 'A' + random.nextInt(2));
            }
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            assertThat(pattern.isIn(bytes)).as(text).isEqualTo(text.contains("ABAAB"));
        }
    }
}
