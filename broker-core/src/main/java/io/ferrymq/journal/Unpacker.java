package io.ferrymq.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what {@link Packer} wrote; every length is checked against what is there before anything is allocated. */
final class Unpacker {
    private final ByteBuffer from;

    Unpacker(ByteBuffer from) {
        this.from = from;
    }

    byte octet() {
        if (!from.hasRemaining()) {
            throw new MalformedRecordException("record cut off");
        }
        return from.get();
    }

    int unsigned16() {
        return (octet() & 0xFF) << 8 | octet() & 0xFF;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = octet();
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw new MalformedRecordException("number longer than 64 bits");
    }

    int int32() {
        long value = number();
        if (value != (int) value) {
            throw new MalformedRecordException("number out of range: value=" + value);
        }
        return (int) value;
    }

    /** A count of things that take at least one byte each. */
    int count() {
        long count = number();
        if (count < 0 || count > from.remaining()) {
            throw new MalformedRecordException(
                    "length out of range: length=" + count + ", remaining=" + from.remaining());
        }
        return (int) count;
    }

    byte[] bytes() {
        byte[] value = new byte[count()];
        from.get(value);
        return value;
    }

    String text() {
        byte[] utf8 = bytes();
        for (byte b : utf8) {
            if (b < 0) {
                return wideText(utf8);
            }
        }
        return new String(utf8, StandardCharsets.ISO_8859_1);
    }

    void end() {
        if (from.hasRemaining()) {
            throw new MalformedRecordException("bytes after the end of a record: remaining=" + from.remaining());
        }
    }

    private static String wideText(byte[] utf8) {
        StringBuilder text = new StringBuilder(utf8.length);
        int at = 0;
        while (at < utf8.length) {
            int lead = utf8[at++];
            if (lead >= 0) {
                text.append((char) lead);
                continue;
            }
            int more = lead < -32 ? 1 : lead < -16 ? 2 : 3;
            if (lead < -64 || lead > -9 || at + more > utf8.length) {
                throw new MalformedRecordException("text is not UTF-8");
            }
            int codePoint = lead & 0x3F >> more;
            for (int i = 0; i < more; i++) {
                codePoint = codePoint << 6 | tail(utf8[at++]);
            }
            if (codePoint > Character.MAX_CODE_POINT) {
                throw new MalformedRecordException("text is not UTF-8");
            }
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    private static int tail(byte b) {
        if ((b & 0xC0) != 0x80) {
            throw new MalformedRecordException("text is not UTF-8");
        }
        return b & 0x3F;
    }
}
