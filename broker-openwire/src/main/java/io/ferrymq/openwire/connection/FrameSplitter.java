package io.ferrymq.openwire.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts the stream into frames (OpenWire 2: {@code int32 size} and as many bytes) and hands them on without the size. Owned by
 * the connection's event loop.
 *
 * <p>A size is checked before anything is reserved for it: memory grows with the bytes that came, never with the length that
 * was claimed. After one bad size the stream has no frames any more, and whatever follows is thrown away.
 */
final class FrameSplitter extends ByteToMessageDecoder {
    private static final int SIZE_BYTES = 4;
    /** How every TLS connection begins: a record of type 22, version 3.something. */
    private static final int TLS_HANDSHAKE = 0x1603;

    private enum State {
        SIZE,
        BODY,
        BAD_FRAME
    }

    private State state = State.SIZE;
    private int limitBytes;
    private int size;

    FrameSplitter(int limitBytes) {
        limit(limitBytes);
    }

    /** The largest frame from now on. */
    void limit(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("at least 1: limitBytes=" + bytes);
        }
        limitBytes = bytes;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        switch (state) {
            case SIZE -> readSize(in);
            case BODY -> readBody(in, out);
            case BAD_FRAME -> in.skipBytes(in.readableBytes());
        }
    }

    private void readSize(ByteBuf in) {
        if (in.readableBytes() < SIZE_BYTES) {
            return;
        }
        size = in.readInt();
        if (size < 1 || size > limitBytes) {
            state = State.BAD_FRAME;
            in.skipBytes(in.readableBytes());
            throw badSize();
        }
        state = State.BODY;
    }

    private RuntimeException badSize() {
        if (size < 1) {
            return new ProtocolViolation("bad frame size: length=" + size);
        }
        String hint = size >>> 16 == TLS_HANDSHAKE ? " (TLS on a port that does not encrypt?)" : "";
        return new OversizedFrame(size, limitBytes, hint);
    }

    private void readBody(ByteBuf in, List<Object> out) {
        if (in.readableBytes() >= size) {
            out.add(in.readRetainedSlice(size));
            state = State.SIZE;
        }
    }
}
