package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.WireValue;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * OpenWire: loose encoding, straight into the frame. The broker's favourite, because nothing is buffered or joined. Owned by
 * the connection's I/O thread.
 */
final class LooseWriter extends FrameWriter {
    private static final int MAX_STRING_BYTES = 65_535;

    LooseWriter(WireOptions options) {
        super(options);
    }

    @Override
    void writeBody(DataStructure structure, ByteBuf frame) {
        out = frame;
        structure.fields(this);
    }

    @Override
    void flag(boolean value) {
        out.writeByte(value ? 1 : 0);
    }

    @Override
    void beginNested(DataStructure structure) {}

    @Override
    void announce(SentValues sent, @Nullable WireValue value) {
        out.writeShort(sent.add(value));
        writeNested(value);
    }

    @Override
    public long int64(long value) {
        out.writeLong(value);
        return value;
    }

    @Override
    public @Nullable String string(@Nullable String value) {
        flag(value != null);
        if (value == null) {
            return null;
        }
        if (shortAscii(value)) {
            writeShortAscii(value.length());
        } else {
            writeUtf8(value, ModifiedUtf8.length(value), MAX_STRING_BYTES);
        }
        return value;
    }
}
