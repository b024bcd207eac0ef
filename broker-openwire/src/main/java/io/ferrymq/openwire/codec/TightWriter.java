package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.WireValue;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * OpenWire: tight encoding. One pass collects the bits in an array and the data in a buffer, then the two are joined: the
 * bits come first on the wire but are only complete at the end. Owned by the connection's I/O thread.
 */
final class TightWriter extends FrameWriter {
    /** Stock readers take the length of ASCII strings as signed. */
    private static final int MAX_STRING_BYTES = 32_766;

    private static final int MAX_BIT_BYTES = Short.MAX_VALUE;
    private static final int FIRST_BIT_BYTES = 64;

    private byte[] bits = new byte[FIRST_BIT_BYTES];
    private int bitCount;

    TightWriter(WireOptions options) {
        super(options);
    }

    @Override
    void writeBody(DataStructure structure, ByteBuf frame) {
        Arrays.fill(bits, 0, bitCount + 7 >>> 3, (byte) 0);
        bitCount = 0;
        ByteBuf data = frame.alloc().buffer();
        try {
            out = data;
            structure.fields(this);
            writeBits(frame);
            frame.writeBytes(data);
        } finally {
            data.release();
        }
    }

    private void writeBits(ByteBuf frame) {
        int count = bitCount + 7 >>> 3;
        if (count < 64) {
            frame.writeByte(count);
        } else if (count < 256) {
            frame.writeByte(TightReader.ONE_BYTE_COUNT);
            frame.writeByte(count);
        } else {
            frame.writeByte(TightReader.TWO_BYTE_COUNT);
            frame.writeShort(count);
        }
        frame.writeBytes(bits, 0, count);
    }

    @Override
    void flag(boolean value) {
        int at = bitCount >>> 3;
        if (at == bits.length) {
            growBits();
        }
        if (value) {
            bits[at] |= (byte) (1 << (bitCount & 7));
        }
        bitCount++;
    }

    private void growBits() {
        if (bits.length >= MAX_BIT_BYTES) {
            throw new IllegalArgumentException("boolean stream too long: limit=" + MAX_BIT_BYTES);
        }
        bits = Arrays.copyOf(bits, Math.min(MAX_BIT_BYTES, 2 * bits.length));
    }

    @Override
    void beginNested(DataStructure structure) {
        if (structure.marshallAware()) {
            flag(false);
        }
    }

    /** Stock numbers inner values before outer ones here, so the index is filled in afterwards. */
    @Override
    void announce(SentValues sent, @Nullable WireValue value) {
        int at = out.writerIndex();
        out.writeShort(SentValues.NOT_STORED);
        writeNested(value);
        out.setShort(at, sent.add(value));
    }

    @Override
    public long int64(long value) {
        boolean fits16 = value >>> 16 == 0;
        boolean fits32 = value >>> 32 == 0;
        flag(!fits16);
        flag(fits16 ? value != 0 : !fits32);
        if (!fits32) {
            out.writeLong(value);
        } else if (!fits16) {
            out.writeInt((int) value);
        } else if (value != 0) {
            out.writeShort((int) value);
        }
        return value;
    }

    @Override
    public @Nullable String string(@Nullable String value) {
        flag(value != null);
        if (value == null) {
            return null;
        }
        if (shortAscii(value)) {
            flag(true);
            writeShortAscii(value.length());
        } else {
            long length = ModifiedUtf8.length(value);
            flag(length == value.length());
            writeUtf8(value, length, MAX_STRING_BYTES);
        }
        return value;
    }
}
