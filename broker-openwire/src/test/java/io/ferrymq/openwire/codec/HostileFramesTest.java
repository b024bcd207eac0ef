package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import io.ferrymq.openwire.codec.GoldenFrames.Vector;
import io.ferrymq.openwire.command.DataArrayResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever arrives, it is a structure or a MalformedFrameException, and it costs no more memory than its own size allows. */
class HostileFramesTest {
    static final List<String> FILES = GoldenFrames.FILES;

    private static final int BYTES_PER_INPUT_BYTE = 4;
    private static final int FIXED_BYTES = 64 << 10;
    private static final int MANY = 400;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long malformed;

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldRefuseEveryPrefixOfAFrame(String file) {
        for (Vector vector : GoldenFrames.vectors(file)) {
            byte[] frame = vector.frameBytes();
            WireFormat wireFormat = vector.wireFormat();
            for (int length = 0; length < frame.length; length = next(length)) {
                assertThat(decodes(wireFormat, Arrays.copyOf(frame, length)))
                        .as(vector + " cut at " + length)
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldRefuseBytesAfterTheEnd(String file) {
        for (Vector vector : GoldenFrames.vectors(file)) {
            byte[] frame = vector.frameBytes();
            assertThat(decodes(vector.wireFormat(), Arrays.copyOf(frame, frame.length + 1)))
                    .as(vector.toString())
                    .isFalse();
        }
    }

    /** Lengths are somewhere among all offsets, so every offset is tried as one. */
    @ParameterizedTest
    @ValueSource(strings = {"v01", "v12"})
    void shouldSurviveWrongLengthsEverywhere(String file) {
        for (Vector vector : GoldenFrames.vectors(file)) {
            byte[] frame = vector.frameBytes();
            WireFormat wireFormat = vector.wireFormat();
            for (int at = 1; at < frame.length - 1; at = next(at)) {
                overwrite(wireFormat, frame, at, 2, -1);
                overwrite(wireFormat, frame, at, 2, Short.MAX_VALUE);
                overwrite(wireFormat, frame, at, 2, frame.length + 1);
                if (at < frame.length - 3) {
                    overwrite(wireFormat, frame, at, 4, -1);
                    overwrite(wireFormat, frame, at, 4, Integer.MAX_VALUE);
                    overwrite(wireFormat, frame, at, 4, frame.length + 1);
                }
            }
        }
        assertThat(malformed).isGreaterThan(10_000);
    }

    private void overwrite(WireFormat wireFormat, byte[] frame, int at, int size, int value) {
        byte[] changed = frame.clone();
        for (int i = 0; i < size; i++) {
            changed[at + i] = (byte) (value >>> 8 * (size - 1 - i));
        }
        decodes(wireFormat, changed);
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldSurviveFlippedBits(String file) {
        long seed = Long.getLong("ferrymq.seed", 20_261_122L);
        Random random = new Random(seed);
        List<Vector> vectors = GoldenFrames.vectors(file);
        for (int i = 0; i < 40; i++) {
            Vector vector = vectors.get(random.nextInt(vectors.size()));
            try {
                flipBits(vector.wireFormat(), vector.frameBytes());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("replay with -Dferrymq.seed=" + seed + ", failed at " + vector, e);
            }
        }
        assertThat(malformed).isPositive();
    }

    private void flipBits(WireFormat wireFormat, byte[] frame) {
        for (int bit = 0; bit < Math.min(frame.length, MANY) * 8; bit++) {
            frame[bit / 8] ^= (byte) (1 << bit % 8);
            decodes(wireFormat, frame);
            frame[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void shouldSurviveFlippedBitsInCachedSessions() {
        for (JsonNode sequence : GoldenFrames.file("cache-sequences").get("sequences")) {
            WireOptions options = GoldenFrames.options(sequence);
            JsonNode frames = sequence.get("frames");
            byte[] last = frame(frames.get(4));
            for (int bit = 8; bit < last.length * 8; bit++) {
                WireFormat wireFormat = new WireFormat(1 << 20);
                wireFormat.apply(options);
                for (int i = 0; i < 4; i++) {
                    wireFormat.decode(Unpooled.wrappedBuffer(frame(frames.get(i))));
                }
                last[bit / 8] ^= (byte) (1 << bit % 8);
                decodes(wireFormat, last);
                last[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
        assertThat(malformed).isPositive();
    }

    private static byte[] frame(JsonNode json) {
        return GoldenFrames.hex(json.get("hex").textValue().substring(8));
    }

    /**
     * False when it was refused. Anything else than a refusal fails the test. What allocates too much is measured once more,
     * because the first time can include loading classes.
     */
    private boolean decodes(WireFormat wireFormat, byte[] frame) {
        long limit = (long) BYTES_PER_INPUT_BYTE * frame.length + FIXED_BYTES;
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean decoded = decodesOnce(wireFormat, frame);
        if (threads.getCurrentThreadAllocatedBytes() - before > limit) {
            before = threads.getCurrentThreadAllocatedBytes();
            decodesOnce(wireFormat, frame);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("allocated for a frame of " + frame.length)
                    .isLessThanOrEqualTo(limit);
        }
        return decoded;
    }

    private boolean decodesOnce(WireFormat wireFormat, byte[] frame) {
        try {
            wireFormat.decode(Unpooled.wrappedBuffer(frame));
            return true;
        } catch (MalformedFrameException e) {
            malformed++;
            return false;
        }
    }

    /** Every offset of what is interesting, and samples of long bodies. */
    private static int next(int offset) {
        return offset < MANY ? offset + 1 : offset + 97;
    }

    @Test
    void shouldNotAllocateForCountsInCountsInCounts() {
        ByteBuf frame = Unpooled.buffer();
        for (int depth = 0; depth < 31; depth++) { // each: response fields, array not null, count, element not null
            frame.writeByte(DataArrayResponse.TYPE)
                    .writeZero(9)
                    .writeByte(1)
                    .writeShort(32_767)
                    .writeByte(1);
        }
        frame.writeZero(33_000);
        WireFormat wireFormat = new WireFormat(1 << 20);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        assertThat(decodes(wireFormat, bytes)).isFalse();
    }
}
