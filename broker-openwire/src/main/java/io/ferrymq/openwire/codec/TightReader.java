package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import org.jspecify.annotations.Nullable;

/**
 * OpenWire: tight encoding, one stream of bits for the whole frame and then the data. Owned by the connection's I/O thread.
 */
final class TightReader extends FrameReader {
    static final int ONE_BYTE_COUNT = 0xC0;
    static final int TWO_BYTE_COUNT = 0x80;

    private int bitsAt;
    private int bitCount;
    private int bit;

    TightReader(FrameInput in, WireOptions options) {
        super(in, options);
    }

    @Override
    void beginBody() {
        int count = in.unsigned8();
        if (count == ONE_BYTE_COUNT) {
            count = in.unsigned8();
        } else if (count == TWO_BYTE_COUNT) {
            count = in.int16();
        } else if (count > Byte.MAX_VALUE) {
            throw in.malformed("invalid length of boolean stream", count, Byte.MAX_VALUE);
        }
        bitsAt = in.skip(count);
        bitCount = count << 3;
        bit = 0;
    }

    /** A reader may refuse the extra bit of messages: it announces a form that was never written. */
    @Override
    void beginNested(DataStructure structure) {
        if (structure.marshallAware() && flag()) {
            throw in.malformed("nested message in marshalled form", 1, 0);
        }
    }

    @Override
    boolean flag() {
        if (bit >= bitCount) {
            throw in.malformed("boolean stream ends early", bit, bitCount);
        }
        return in.bit(bitsAt, bit++);
    }

    /** The short forms are unsigned. */
    @Override
    public long int64(long value) {
        if (flag()) {
            return flag() ? in.int64() : in.int32() & 0xFFFF_FFFFL;
        }
        return flag() ? in.unsigned16() : 0;
    }

    @Override
    public @Nullable String string(@Nullable String value) {
        if (!flag()) {
            return null;
        }
        boolean ascii = flag();
        int length = in.unsigned16();
        return ascii ? in.latin1(length) : in.modifiedUtf8(length, false);
    }
}
