package io.ferrymq.openwire.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;

/** A frame that is too large, of which only the beginning was kept. */
final class SkippedFrame extends DefaultByteBufHolder {
    private final OversizedFrame why;

    /** @param head what it begins with, type code included */
    SkippedFrame(OversizedFrame why, ByteBuf head) {
        super(head);
        this.why = why;
    }

    OversizedFrame why() {
        return why;
    }

    byte typeCode() {
        return content().getByte(content().readerIndex());
    }
}
