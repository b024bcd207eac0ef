package io.ferrymq.openwire.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The short strings a connection sent last, owned by its I/O thread. Connection ids and destination names repeat in every
 * frame; finding them by their bytes saves the allocation and keeps one copy in the heap. Direct mapped: a collision only
 * costs the older entry.
 */
final class StringCache {
    private static final int SLOTS = 64;

    private final int maxLength;
    private final byte @Nullable [][] keys;
    private final @Nullable String[] values;

    /** @param maxLength of the strings to keep; 0 keeps none, for what is read only once */
    StringCache(int maxLength) {
        this.maxLength = maxLength;
        int slots = maxLength > 0 ? SLOTS : 0;
        keys = new byte[slots][];
        values = new String[slots];
    }

    /** The text when all of it is ASCII, else null. */
    @Nullable
    String ascii(byte[] bytes, int from, int length) {
        if (length == 0) {
            return "";
        }
        int end = from + length;
        int hash = 0;
        int all = 0;
        for (int i = from; i < end; i++) {
            hash = 31 * hash + bytes[i];
            all |= bytes[i];
        }
        if (all < 0) {
            return null;
        }
        if (length > maxLength) {
            return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
        }
        return remembered(bytes, from, end, (hash ^ hash >>> 6 ^ hash >>> 15) & SLOTS - 1);
    }

    private String remembered(byte[] bytes, int from, int end, int slot) {
        byte[] key = keys[slot];
        String value = values[slot];
        if (key != null && value != null && Arrays.equals(key, 0, key.length, bytes, from, end)) {
            return value;
        }
        String text = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
        keys[slot] = Arrays.copyOfRange(bytes, from, end);
        values[slot] = text;
        return text;
    }
}
