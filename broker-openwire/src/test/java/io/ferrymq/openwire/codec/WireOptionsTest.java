package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.openwire.command.WireFormatInfo;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** OpenWire: the rules by which two WireFormatInfo become the options of a connection. */
class WireOptionsTest {
    private static final Map<String, Object> STOCK = Map.of(
            "TcpNoDelayEnabled", true,
            "SizePrefixDisabled", false,
            "CacheEnabled", true,
            "CacheSize", 1024,
            "TightEncodingEnabled", true,
            "StackTraceEnabled", true,
            "MaxInactivityDuration", 30_000L,
            "MaxInactivityDurationInitalDelay", 10_000L,
            "MaxFrameSize", Long.MAX_VALUE,
            "MaxFrameSizeEnabled", true);

    private final WireFormatInfo stock = WireOptions.announce(12, STOCK);

    @Test
    void shouldAgreeOnEverythingBetweenStockPeers() {
        assertThat(WireOptions.negotiate(stock, stock))
                .isEqualTo(new WireOptions(12, true, true, 1024, true, false, true, Long.MAX_VALUE, 30_000, 10_000));
    }

    @Test
    void shouldSwitchEverythingOffForAPeerWithoutProperties() {
        WireFormatInfo silent = new WireFormatInfo();
        silent.version = 12;
        WireOptions options = WireOptions.negotiate(stock, silent);
        assertThat(options).isEqualTo(WireOptions.negotiate(silent, stock));
        assertThat(options).isEqualTo(new WireOptions(12, false, false, 0, false, false, false, Long.MAX_VALUE, 0, 0));
    }

    @Test
    void shouldTakeTheSmallerVersion() {
        assertThat(WireOptions.negotiate(stock, WireOptions.announce(9, STOCK)).version())
                .isEqualTo(9);
        assertThat(WireOptions.negotiate(stock, WireOptions.announce(13, STOCK)).version())
                .isEqualTo(12);
    }

    @Test
    void shouldTakeTheSmallerNumbers() {
        WireOptions options = with("CacheSize", 512);
        assertThat(options.cacheSize()).isEqualTo(512);
        assertThat(with("MaxInactivityDuration", 0L).maxInactivityMs()).isZero();
        assertThat(with("MaxInactivityDurationInitalDelay", 7L).initialDelayMs())
                .isEqualTo(7);
        assertThat(with("MaxFrameSize", 100L).maxFrameSize()).isEqualTo(100);
    }

    @Test
    void shouldTakeAFrameSizeThatIsNotPositiveAsNoOpinion() {
        assertThat(with("MaxFrameSize", 0L).maxFrameSize()).isEqualTo(Long.MAX_VALUE);
        assertThat(with("MaxFrameSize", -1L).maxFrameSize()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldTakeACacheSizeOfZeroAsTheLargeDefault() {
        assertThat(with("CacheSize", 0).cacheSize()).isEqualTo(16_383);
        assertThat(with("CacheSize", -5).cache()).isFalse();
    }

    @Test
    void shouldTakeABooleanWithAWrongTagAsFalse() {
        assertThat(with("TightEncodingEnabled", "true").tight()).isFalse();
        assertThat(with("TightEncodingEnabled", 1).tight()).isFalse();
        assertThat(with("TightEncodingEnabled", null).tight()).isFalse();
    }

    @Test
    void shouldRefuseANumberWithAWrongTag() {
        assertThatThrownBy(() -> with("CacheSize", 1024L))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("CacheSize is no Integer");
        assertThatThrownBy(() -> with("MaxFrameSize", 1024))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("MaxFrameSize is no Long");
    }

    @Test
    void shouldRefuseWhatIsNotOpenWire() {
        WireFormatInfo bad = WireOptions.announce(12, STOCK);
        bad.magic[7] = 'q';
        assertThatThrownBy(() -> WireOptions.negotiate(stock, bad)).isInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> WireOptions.negotiate(stock, WireOptions.announce(0, STOCK)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("unsupported version");
    }

    @Test
    void shouldRefuseHostileProperties() {
        assertThatThrownBy(() -> with("x".repeat(600), 1)).isInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> with("nested", Map.of())).isInstanceOf(MalformedFrameException.class);
        Map<String, Object> many = new HashMap<>();
        for (int i = 0; i < 65; i++) {
            many.put("p" + i, i);
        }
        assertThatThrownBy(() -> WireOptions.negotiate(stock, WireOptions.announce(12, many)))
                .isInstanceOf(MalformedFrameException.class);
    }

    private WireOptions with(String name, @Nullable Object value) {
        Map<String, @Nullable Object> properties = new HashMap<>(STOCK);
        properties.put(name, value);
        return WireOptions.negotiate(stock, WireOptions.announce(12, properties));
    }
}
