package io.ferrymq.openwire.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * The one place where bytes from the network are read, owned by the thread that reads them. Every length is checked against
 * what is left of the frame before anything is allocated for it; that also holds the sum of all arrays below the frame size.
 */
final class FrameInput {
    private static final int SCRATCH_BYTES = 256;

    private final StringCache strings;
    private byte[] scratch = {};
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int start;

    FrameInput(StringCache strings) {
        this.strings = strings;
    }

    void open(ByteBuf buffer) {
        in = buffer;
        start = buffer.readerIndex();
    }

    /** Forgets the buffer: nothing that was read refers to it. */
    void close() {
        in = Unpooled.EMPTY_BUFFER;
        start = 0;
    }

    int offset() {
        return in.readerIndex() - start;
    }

    int remaining() {
        return in.readableBytes();
    }

    byte int8() {
        require(1);
        return in.readByte();
    }

    int unsigned8() {
        return int8() & 0xFF;
    }

    short int16() {
        require(2);
        return in.readShort();
    }

    int unsigned16() {
        return int16() & 0xFFFF;
    }

    int int32() {
        require(4);
        return in.readInt();
    }

    long int64() {
        require(8);
        return in.readLong();
    }

    byte[] bytes(int length) {
        checkLength("byte array exceeds frame", length);
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    /** Skips {@code length} bytes and says where they begin, for {@link #bit}. */
    int skip(int length) {
        checkLength("boolean stream exceeds frame", length);
        int index = in.readerIndex();
        in.skipBytes(length);
        return index;
    }

    boolean bit(int index, int bit) {
        return (in.getByte(index + (bit >>> 3)) >>> (bit & 7) & 1) != 0;
    }

    String latin1(int length) {
        checkLength("string exceeds frame", length);
        byte[] bytes = array(length);
        int from = arrayFrom();
        String text = strings.ascii(bytes, from, length);
        in.skipBytes(length);
        return text != null ? text : new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    String modifiedUtf8(int length, boolean standardToo) {
        checkLength("string exceeds frame", length);
        byte[] bytes = array(length);
        int from = arrayFrom();
        String text = strings.ascii(bytes, from, length);
        if (text == null) {
            text = ModifiedUtf8.decode(bytes, from, length, standardToo, offset());
        }
        in.skipBytes(length);
        return text;
    }

    /** An array that holds the next bytes, without consuming them: the buffer's own one where there is one. */
    private byte[] array(int length) {
        if (in.hasArray()) {
            return in.array();
        }
        byte[] bytes = length <= SCRATCH_BYTES ? scratch() : new byte[length];
        in.getBytes(in.readerIndex(), bytes, 0, length);
        return bytes;
    }

    private byte[] scratch() {
        if (scratch.length == 0) {
            scratch = new byte[SCRATCH_BYTES];
        }
        return scratch;
    }

    private int arrayFrom() {
        return in.hasArray() ? in.arrayOffset() + in.readerIndex() : 0;
    }

    private void require(int length) {
        if (length > in.readableBytes()) {
            throw malformed("frame ends early", length);
        }
    }

    private void checkLength(String what, int length) {
        if (length < 0 || length > in.readableBytes()) {
            throw malformed(what, length);
        }
    }

    /** The limit of the sentence is what remains of the frame. */
    MalformedFrameException malformed(String what, long length) {
        return malformed(what, length, in.readableBytes());
    }

    MalformedFrameException malformed(String what, long length, long limit) {
        return new MalformedFrameException(what, offset(), length, limit);
    }
}
