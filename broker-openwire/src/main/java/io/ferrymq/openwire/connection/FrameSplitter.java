package io.ferrymq.openwire.connection;

import io.ferrymq.transport.PartialFrames;
import io.ferrymq.transport.ReadGate;
import io.ferrymq.transport.Tasks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream into frames (OpenWire 2: {@code int32 size} and as many bytes) and hands them on without the size. Owned by
 * the connection's event loop.
 *
 * <p>A size is checked before anything is reserved for it: memory grows with the bytes that came, never with the length that
 * was claimed. After one bad size the stream has no frames any more, and whatever follows is thrown away. Of a client that was
 * accepted, a frame that is only too large is passed over.
 *
 * <p>Between two frames anybody may pause the gate: the next is cut when it is resumed.
 *
 * <p>Large frames of all connections share a budget. While there is none left for a frame, its connection is not read. One that the
 * broker holds back begins no large frame: it could not go on with it, and would keep the budget from all others.
 */
final class FrameSplitter extends ByteToMessageDecoder {
    /** A frame up to this size needs no budget: as much may come with one read of the socket anyway. */
    static final int SMALL_FRAME_BYTES = 64 << 10;

    private static final int SIZE_BYTES = 4;
    /** How much of a frame that is too large is kept. */
    private static final int HEAD_BYTES = 16 << 10;
    /** How every TLS connection begins: a record of type 22, version 3.something. */
    private static final int TLS_HANDSHAKE = 0x1603;

    private enum State {
        SIZE,
        WAITING,
        BODY,
        HEAD,
        REST,
        BAD_FRAME
    }

    private final PartialFrames partialFrames;
    private final ReadGate gate;
    private State state = State.SIZE;
    private int limitBytes;
    private int size;
    private boolean skipsOversized;
    /** Of a frame that is too large: how much of it is still to come. */
    private int restBytes;

    private PartialFrames.@Nullable Claim claim;

    FrameSplitter(int limitBytes, PartialFrames partialFrames, ReadGate gate) {
        this.partialFrames = partialFrames;
        this.gate = gate;
        limit(limitBytes);
        setCumulator(this::cumulate);
    }

    private ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf cumulation, ByteBuf in) {
        boolean large = size > SMALL_FRAME_BYTES && state == State.BODY;
        return large
                ? LargeFrame.add(allocator, cumulation, in, size)
                : LargeFrame.end(allocator, cumulation, in, MERGE_CUMULATOR);
    }

    /** The largest frame from now on. */
    void limit(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("at least 1: limitBytes=" + bytes);
        }
        limitBytes = bytes;
    }

    /** From now on a frame above the limit is passed over, and {@link SkippedFrame} handed on instead. */
    void skipOversized() {
        skipsOversized = true;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        switch (state) {
            case SIZE -> readSize(context, in);
            case WAITING -> {}
            case BODY -> readBody(in, out);
            case HEAD -> readHead(in, out);
            case REST -> skip(in);
            case BAD_FRAME -> in.skipBytes(in.readableBytes());
        }
    }

    private void readSize(ChannelHandlerContext context, ByteBuf in) {
        if (gate.isPaused() || in.readableBytes() < SIZE_BYTES) {
            return;
        }
        size = in.getInt(in.readerIndex());
        if (gate.isShut() && isPartial(in.readableBytes() - SIZE_BYTES)) {
            gate.awaitOpen();
            return;
        }
        in.skipBytes(SIZE_BYTES);
        if (size > limitBytes && skipsOversized) {
            state = State.HEAD;
            return;
        }
        if (size < 1 || size > limitBytes) {
            state = State.BAD_FRAME;
            in.skipBytes(in.readableBytes());
            throw badSize();
        }
        state = State.BODY;
        if (isPartial(in.readableBytes())) {
            claim(context);
        }
    }

    private boolean isPartial(int readableBytes) {
        return size > SMALL_FRAME_BYTES && readableBytes < size;
    }

    private RuntimeException badSize() {
        if (size < 1) {
            return new ProtocolViolation("bad frame size: length=" + size);
        }
        String hint = size >>> 16 == TLS_HANDSHAKE ? " (TLS on a port that does not encrypt?)" : "";
        return new OversizedFrame(size, limitBytes, hint);
    }

    private void claim(ChannelHandlerContext context) {
        Receiver receiver = new Receiver(context);
        PartialFrames.Claim claimed = partialFrames.claim(size, receiver);
        claim = claimed;
        receiver.claim = claimed;
        if (!claimed.isGranted()) {
            state = State.WAITING;
            gate.pause();
        }
    }

    private void readBody(ByteBuf in, List<Object> out) {
        if (in.readableBytes() >= size) {
            endClaim();
            state = State.SIZE;
            out.add(in.readRetainedSlice(size));
        }
    }

    private void readHead(ByteBuf in, List<Object> out) {
        int headBytes = Math.min(size, HEAD_BYTES);
        if (in.readableBytes() >= headBytes) {
            out.add(new SkippedFrame(new OversizedFrame(size, limitBytes, ""), in.readRetainedSlice(headBytes)));
            restBytes = size - headBytes;
            state = restBytes > 0 ? State.REST : State.SIZE;
        }
    }

    private void skip(ByteBuf in) {
        int bytes = Math.min(restBytes, in.readableBytes());
        in.skipBytes(bytes);
        restBytes -= bytes;
        if (restBytes == 0) {
            state = State.SIZE;
        }
    }

    private void endClaim() {
        if (claim != null) {
            claim.end();
            claim = null;
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        state = State.BAD_FRAME;
        endClaim();
    }

    /** Brings news of one claim to the connection's event loop, where they may come too late. */
    private final class Receiver implements PartialFrames.Receiver {
        private final ChannelHandlerContext context;
        /** Set by the event loop before it can look at any news. */
        private PartialFrames.@Nullable Claim claim;

        Receiver(ChannelHandlerContext context) {
            this.context = context;
        }

        @Override
        public void onGranted() {
            Tasks.execute(context.executor(), () -> {
                if (isCurrent() && state == State.WAITING) {
                    state = State.BODY;
                    gate.resume();
                }
            });
        }

        @Override
        public void onTooSlow() {
            Tasks.execute(context.executor(), () -> {
                if (isCurrent() && state == State.BODY) {
                    state = State.BAD_FRAME;
                    endClaim();
                    context.fireExceptionCaught(new ProtocolViolation(
                            "a large frame came too slowly while others waited for its memory: length=" + size));
                }
            });
        }

        @Override
        public boolean isHeldBack() {
            return gate.isShut();
        }

        private boolean isCurrent() {
            return claim != null && claim == FrameSplitter.this.claim;
        }
    }
}
