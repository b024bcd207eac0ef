package io.ferrymq.openwire.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.handler.codec.ByteToMessageDecoder.Cumulator;

/**
 * Gathers what is read of a large frame in pieces: one buffer that grows would copy all that it has again and again. A read that has filled
 * its buffer is kept as it is; others are copied into pieces of our own, so that memory grows with the bytes, in however small reads they come:
 * at most 3 times as fast. Owned by the event loop that reads.
 */
final class LargeFrame {
    private static final int PIECE_BYTES = 64 << 10;
    private static final int LEAST_KEPT_BYTES = PIECE_BYTES / 2;

    private LargeFrame() {}

    /**
     * Takes {@code in} over, and returns what there is then.
     *
     * @param size of the whole frame
     */
    static ByteBuf add(ByteBufAllocator allocator, ByteBuf cumulation, ByteBuf in, int size) {
        boolean kept = in.readableBytes() >= LEAST_KEPT_BYTES && 2 * in.readableBytes() >= in.capacity();
        try {
            CompositeByteBuf whole = pieces(allocator, cumulation);
            if (kept) {
                whole.capacity(whole.writerIndex()); // pieces are only added behind the last byte
                whole.addFlattenedComponents(true, in.retain());
            } else {
                copy(allocator, in, whole, size);
            }
            return whole;
        } finally {
            in.release();
        }
    }

    /** Somebody may still look at the one there is. */
    private static CompositeByteBuf pieces(ByteBufAllocator allocator, ByteBuf cumulation) {
        if (cumulation instanceof CompositeByteBuf whole && whole.refCnt() == 1) {
            return whole;
        }
        return allocator.compositeBuffer(Integer.MAX_VALUE).addFlattenedComponents(true, cumulation);
    }

    private static void copy(ByteBufAllocator allocator, ByteBuf in, CompositeByteBuf whole, int size) {
        while (in.isReadable()) {
            if (!whole.isWritable()) {
                int missing = Math.max(in.readableBytes(), size - whole.readableBytes());
                int bytes = Math.min(PIECE_BYTES, missing);
                whole.addComponent(false, allocator.buffer(bytes, bytes).writerIndex(bytes));
            }
            whole.writeBytes(in, Math.min(in.readableBytes(), whole.writableBytes()));
        }
    }

    /** Takes {@code in} over where no frame is large: what is left of pieces goes into a plain buffer with it. */
    static ByteBuf end(ByteBufAllocator allocator, ByteBuf cumulation, ByteBuf in, Cumulator plain) {
        if (cumulation instanceof CompositeByteBuf && cumulation.isReadable()) {
            try {
                return allocator
                        .buffer(cumulation.readableBytes() + in.readableBytes())
                        .writeBytes(cumulation)
                        .writeBytes(in);
            } finally {
                cumulation.release();
                in.release();
            }
        }
        return plain.cumulate(allocator, cumulation, in);
    }
}
