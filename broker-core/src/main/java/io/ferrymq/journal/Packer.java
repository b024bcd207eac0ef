package io.ferrymq.journal;

import java.nio.ByteBuffer;

/**
 * Writes the few shapes a record is made of. Numbers are zigzag varints; text is UTF-8 with its length, where an unpaired
 * surrogate, which UTF-8 cannot express, is written as three bytes like any other character, so that every Java string
 * comes back as it was. No state: the buffer belongs to the caller.
 */
final class Packer {
    /** The most a number can take. */
    static final int MAX_NUMBER = 10;

    private Packer() {}

    static void number(ByteBuffer to, long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            to.put((byte) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }

    static void bytes(ByteBuffer to, byte[] value) {
        number(to, value.length);
        to.put(value);
    }

    static int maxBytes(byte[] value) {
        return MAX_NUMBER + value.length;
    }

    static int maxText(String value) {
        return MAX_NUMBER + 3 * value.length();
    }

    static void text(ByteBuffer to, String value) {
        int length = utf8Length(value);
        number(to, length);
        if (length == value.length()) {
            for (int i = 0; i < length; i++) {
                to.put((byte) value.charAt(i));
            }
        } else {
            wideText(to, value);
        }
    }

    private static void wideText(ByteBuffer to, String value) {
        for (int i = 0; i < value.length(); i++) {
            int c = value.codePointAt(i);
            if (c < 0x80) {
                to.put((byte) c);
            } else if (c < 0x800) {
                to.put((byte) (0xC0 | c >> 6));
                to.put(tail(c, 0));
            } else if (c < 0x10000) {
                to.put((byte) (0xE0 | c >> 12));
                to.put(tail(c, 6));
                to.put(tail(c, 0));
            } else {
                to.put((byte) (0xF0 | c >> 18));
                to.put(tail(c, 12));
                to.put(tail(c, 6));
                to.put(tail(c, 0));
                i++;
            }
        }
    }

    private static byte tail(int codePoint, int shift) {
        return (byte) (0x80 | codePoint >> shift & 0x3F);
    }

    private static int utf8Length(String value) {
        int length = value.length();
        for (int i = 0; i < value.length(); i++) {
            int c = value.codePointAt(i);
            if (c >= 0x10000) {
                length += 2;
                i++;
            } else if (c >= 0x800) {
                length += 2;
            } else if (c >= 0x80) {
                length += 1;
            }
        }
        return length;
    }
}
