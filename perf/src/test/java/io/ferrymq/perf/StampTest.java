package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StampTest {
    @Test
    void shouldComeBackFromTheHeadOfABody() {
        byte[] body = new byte[1024];
        Stamp stamp = new Stamp(24, 1L << 33, -5);

        stamp.writeTo(body);

        assertThat(Stamp.read(body)).isEqualTo(stamp);
    }
}
