package io.ferrymq.openwire.codec;

import io.netty.buffer.ByteBuf;

/**
 * Java's modified UTF-8: U+0000 takes two bytes, and a supplementary character is its two surrogates of three bytes each.
 * Values in primitive maps are also accepted as standard UTF-8, because that is how stock clients read them back.
 */
final class ModifiedUtf8 {
    private ModifiedUtf8() {}

    /** How many bytes {@code text} takes; equal to its length exactly when all of it is in U+0001..U+007F. */
    static long length(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7FF) {
                bytes += 2;
            } else if (c > 0x7F || c == 0) {
                bytes++;
            }
        }
        return bytes;
    }

    static void write(String text, ByteBuf out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7FF) {
                out.writeMedium((0xE0 | c >> 12) << 16 | (0x80 | c >> 6 & 0x3F) << 8 | 0x80 | c & 0x3F);
            } else if (c > 0x7F || c == 0) {
                out.writeShort((0xC0 | c >> 6) << 8 | 0x80 | c & 0x3F);
            } else {
                out.writeByte(c);
            }
        }
    }

    /**
     * Decodes {@code length} bytes that are known to be there.
     *
     * @param standardToo whether sequences of four bytes are accepted
     * @param offset of the first byte in the frame, for the error
     */
    static String decode(byte[] bytes, int from, int length, boolean standardToo, int offset) {
        char[] chars = new char[length];
        int count = 0;
        int end = from + length;
        int i = from;
        while (i < end) {
            int lead = bytes[i] & 0xFF;
            int size = sequenceSize(lead, standardToo);
            if (size == 0 || size > end - i) {
                throw new MalformedFrameException("invalid UTF-8", offset + i - from, lead, end - i);
            }
            int point = size == 1 ? lead : lead & 0xFF >> size + 1;
            for (int k = 1; k < size; k++) {
                int next = bytes[i + k];
                if ((next & 0xC0) != 0x80) {
                    throw new MalformedFrameException("invalid UTF-8", offset + i + k - from, next & 0xFF, 0xBF);
                }
                point = point << 6 | next & 0x3F;
            }
            count += toChars(point, chars, count, offset + i - from);
            i += size;
        }
        return new String(chars, 0, count);
    }

    private static int sequenceSize(int lead, boolean standardToo) {
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xC0) {
            return 0;
        }
        if (lead < 0xE0) {
            return 2;
        }
        if (lead < 0xF0) {
            return 3;
        }
        return standardToo && lead < 0xF8 ? 4 : 0;
    }

    private static int toChars(int point, char[] chars, int at, int offset) {
        if (point <= 0xFFFF) {
            chars[at] = (char) point;
            return 1;
        }
        if (point > Character.MAX_CODE_POINT) {
            throw new MalformedFrameException("invalid UTF-8", offset, point, Character.MAX_CODE_POINT);
        }
        return Character.toChars(point, chars, at);
    }
}
