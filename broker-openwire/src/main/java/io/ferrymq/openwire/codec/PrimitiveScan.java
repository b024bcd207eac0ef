package io.ferrymq.openwire.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds one value in a marshalled map without building the map: nothing is allocated for the other entries. All of the map is looked
 * at, for bytes that {@link PrimitiveReader} rejects must have no value at all here. Used once, by one thread.
 */
final class PrimitiveScan {
    /** Where to go on after something that is no part of a map. */
    private static final int MALFORMED = -1;

    private static final int NONE = -2;
    private static final int LONG_BYTES = 8;
    private static final long NOT_ASCII = 0x8080808080808080L;
    private static final VarHandle INT16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] map;
    private final PrimitiveMap.Limits limits;
    private int entries;
    private int depth;

    PrimitiveScan(byte[] map, PrimitiveMap.Limits limits) {
        this.map = map;
        this.limits = limits;
    }

    /** The value that a map of these bytes has for the key; null as well when they are no map. */
    @Nullable
    Object find(String key) {
        int found = place(key);
        return found < 0 ? null : value(found, key);
    }

    /** Whether the bytes are a map. */
    boolean isMap() {
        return place("") != MALFORMED;
    }

    private int place(String key) {
        if (map.length == Integer.BYTES && int32(0) == PrimitiveReader.NULL_MAP) {
            return NONE;
        }
        if (map.length < Integer.BYTES || !enter(int32(0))) {
            return MALFORMED;
        }
        int found = NONE;
        int at = Integer.BYTES;
        for (int left = int32(0); left > 0; left--) {
            int value = behindKey(at);
            if (value == MALFORMED) {
                return MALFORMED;
            }
            if (is(key, at + Short.BYTES, value)) {
                found = value;
            }
            at = behindValue(value);
            if (at == MALFORMED) {
                return MALFORMED;
            }
        }
        return at == map.length ? found : MALFORMED;
    }

    private int int32(int at) {
        return (int) INT32.get(map, at);
    }

    private int unsigned16(int at) {
        return (short) INT16.get(map, at) & 0xFFFF;
    }

    private boolean enter(int count) {
        if (count < 0 || count > limits.entries() - entries) {
            return false;
        }
        entries += count;
        return ++depth <= limits.depth();
    }

    private int behindKey(int at) {
        if (at > map.length - Short.BYTES || unsigned16(at) > limits.keyBytes()) {
            return MALFORMED;
        }
        return behindText(at + Short.BYTES, unsigned16(at));
    }

    private int behindText(int at, int length) {
        int end = behind(at, length);
        return end == MALFORMED || isAscii(at, end) || isUtf8(at, length) ? end : MALFORMED;
    }

    private int behind(int at, int length) {
        return length < 0 || length > map.length - at ? MALFORMED : at + length;
    }

    private boolean isAscii(int from, int end) {
        int at = from;
        for (; at <= end - LONG_BYTES; at += LONG_BYTES) {
            if (((long) INT64.get(map, at) & NOT_ASCII) != 0) {
                return false;
            }
        }
        int all = 0;
        for (; at < end; at++) {
            all |= map[at];
        }
        return all >= 0;
    }

    private boolean isUtf8(int at, int length) {
        try {
            ModifiedUtf8.decode(map, at, length, true, at);
            return true;
        } catch (MalformedFrameException e) {
            return false; // as for every map that is none
        }
    }

    private boolean is(String key, int from, int end) {
        int length = end - from;
        if (length != key.length()) {
            return length > key.length()
                    && !isAscii(from, end)
                    && text(from, length).equals(key);
        }
        for (int i = 0; i < length; i++) {
            if (map[from + i] != key.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String text(int at, int length) {
        return isAscii(at, at + length)
                ? new String(map, at, length, StandardCharsets.ISO_8859_1)
                : ModifiedUtf8.decode(map, at, length, true, at);
    }

    private int behindValue(int at) {
        if (at >= map.length) {
            return MALFORMED;
        }
        int from = at + 1;
        return switch (map[at]) {
            case PrimitiveTag.NULL -> from;
            case PrimitiveTag.BOOLEAN, PrimitiveTag.BYTE -> behind(from, Byte.BYTES);
            case PrimitiveTag.CHAR, PrimitiveTag.SHORT -> behind(from, Short.BYTES);
            case PrimitiveTag.INTEGER, PrimitiveTag.FLOAT -> behind(from, Integer.BYTES);
            case PrimitiveTag.LONG, PrimitiveTag.DOUBLE -> behind(from, Long.BYTES);
            case PrimitiveTag.STRING ->
                from > map.length - Short.BYTES ? MALFORMED : behindText(from + Short.BYTES, unsigned16(from));
            case PrimitiveTag.BYTE_ARRAY, PrimitiveTag.BIG_STRING, PrimitiveTag.MAP, PrimitiveTag.LIST ->
                from > map.length - Integer.BYTES ? MALFORMED : behindCounted(map[at], from);
            default -> MALFORMED;
        };
    }

    /** What begins with a length or a count of four bytes. */
    private int behindCounted(byte tag, int at) {
        int count = int32(at);
        int from = at + Integer.BYTES;
        return switch (tag) {
            case PrimitiveTag.BYTE_ARRAY -> behind(from, count);
            case PrimitiveTag.BIG_STRING -> behindText(from, count);
            case PrimitiveTag.MAP -> count == PrimitiveReader.NULL_MAP ? from : behindNested(count, from, true);
            default -> behindNested(count, from, false);
        };
    }

    private int behindNested(int count, int from, boolean keyed) {
        if (!enter(count)) {
            return MALFORMED;
        }
        int at = from;
        for (int left = count; left > 0 && at != MALFORMED; left--) {
            at = keyed ? behindKey(at) : at;
            at = at == MALFORMED ? at : behindValue(at);
        }
        depth--;
        return at;
    }

    private @Nullable Object value(int at, String key) {
        int from = at + 1;
        return switch (map[at]) {
            case PrimitiveTag.NULL -> null;
            case PrimitiveTag.BOOLEAN -> map[from] != 0;
            case PrimitiveTag.BYTE -> map[from];
            case PrimitiveTag.CHAR -> (char) unsigned16(from);
            case PrimitiveTag.SHORT -> (short) unsigned16(from);
            case PrimitiveTag.INTEGER -> int32(from);
            case PrimitiveTag.LONG -> (long) INT64.get(map, from);
            case PrimitiveTag.DOUBLE -> Double.longBitsToDouble((long) INT64.get(map, from));
            case PrimitiveTag.FLOAT -> Float.intBitsToFloat(int32(from));
            case PrimitiveTag.STRING -> text(from + Short.BYTES, unsigned16(from));
            case PrimitiveTag.BIG_STRING -> text(from + Integer.BYTES, int32(from));
            default -> PrimitiveMap.decode(map, limits).get(key); // no selector asks for these
        };
    }
}
