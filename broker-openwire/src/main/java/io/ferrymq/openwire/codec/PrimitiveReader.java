package io.ferrymq.openwire.codec;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one primitive map within limits; used once, by one thread. */
final class PrimitiveReader {
    static final int NULL_MAP = -1;

    private final FrameInput in = new FrameInput(new StringCache(0));
    private final PrimitiveMap.Limits limits;
    private int entries;
    private int depth;

    PrimitiveReader(byte[] map, PrimitiveMap.Limits limits) {
        in.open(Unpooled.wrappedBuffer(map));
        this.limits = limits;
    }

    Map<String, @Nullable Object> read() {
        Map<String, @Nullable Object> map = map();
        if (in.remaining() > 0) {
            throw in.malformed("bytes after the end of map", in.remaining(), 0);
        }
        return map == null ? Map.of() : map;
    }

    private @Nullable Map<String, @Nullable Object> map() {
        int count = in.int32();
        if (count == NULL_MAP) {
            return null;
        }
        enter(count);
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int keyLength = in.unsigned16();
            if (keyLength > limits.keyBytes()) {
                throw in.malformed("key too long", keyLength, limits.keyBytes());
            }
            String key = in.modifiedUtf8(keyLength, true);
            map.put(key, value());
        }
        depth--;
        return map;
    }

    private List<@Nullable Object> list() {
        int count = in.int32();
        enter(count);
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(value());
        }
        depth--;
        return list;
    }

    private void enter(int count) {
        if (count < 0 || count > limits.entries() - entries) {
            throw in.malformed("too many entries in map", count, limits.entries() - entries);
        }
        entries += count;
        if (++depth > limits.depth()) {
            throw in.malformed("map nested too deep", depth, limits.depth());
        }
    }

    private @Nullable Object value() {
        byte tag = in.int8();
        return switch (tag) {
            case PrimitiveTag.NULL -> null;
            case PrimitiveTag.BOOLEAN -> in.int8() != 0;
            case PrimitiveTag.BYTE -> in.int8();
            case PrimitiveTag.CHAR -> (char) in.int16();
            case PrimitiveTag.SHORT -> in.int16();
            case PrimitiveTag.INTEGER -> in.int32();
            case PrimitiveTag.LONG -> in.int64();
            case PrimitiveTag.DOUBLE -> Double.longBitsToDouble(in.int64());
            case PrimitiveTag.FLOAT -> Float.intBitsToFloat(in.int32());
            case PrimitiveTag.STRING -> in.modifiedUtf8(in.unsigned16(), true);
            case PrimitiveTag.BYTE_ARRAY -> in.bytes(in.int32());
            case PrimitiveTag.MAP -> map();
            case PrimitiveTag.LIST -> list();
            case PrimitiveTag.BIG_STRING -> in.modifiedUtf8(in.int32(), true);
            default -> throw in.malformed("unknown tag in map", tag, PrimitiveTag.BIG_STRING);
        };
    }
}
