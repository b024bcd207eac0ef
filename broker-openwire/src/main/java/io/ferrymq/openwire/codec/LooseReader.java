package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import org.jspecify.annotations.Nullable;

/** OpenWire: loose encoding, the fields one after the other and each flag a byte. Owned by the connection's I/O thread. */
final class LooseReader extends FrameReader {
    LooseReader(FrameInput in, WireOptions options) {
        super(in, options);
    }

    @Override
    void beginBody() {}

    @Override
    void beginNested(DataStructure structure) {}

    @Override
    boolean flag() {
        return in.int8() != 0;
    }

    @Override
    public long int64(long value) {
        return in.int64();
    }

    @Override
    public @Nullable String string(@Nullable String value) {
        return flag() ? in.modifiedUtf8(in.unsigned16(), false) : null;
    }
}
