package io.ferrymq.openwire.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes one primitive map; used once, by one thread. */
final class PrimitiveWriter {
    /** OpenWire: writers use the long form of strings from this many chars on. */
    private static final int BIG_STRING_CHARS = 8191;

    private static final int MAX_KEY_BYTES = 65_535;

    private final ByteBuf out;

    PrimitiveWriter(ByteBuf out) {
        this.out = out;
    }

    byte[] bytes() {
        return ByteBufUtil.getBytes(out);
    }

    /** A marshalled map as it is, but with another count. */
    void copy(byte[] map, int count) {
        out.writeBytes(map).setInt(0, count);
    }

    void map(Map<?, ?> map) {
        out.writeInt(map.size());
        entries(map);
    }

    void entries(Map<?, ?> map) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new IllegalArgumentException("key of map is no string: " + entry.getKey());
            }
            long length = ModifiedUtf8.length(key);
            if (length > MAX_KEY_BYTES) {
                throw new IllegalArgumentException("key too long: length=" + length + ", limit=" + MAX_KEY_BYTES);
            }
            out.writeShort((int) length);
            ModifiedUtf8.write(key, out);
            value(entry.getValue());
        }
    }

    private void value(@Nullable Object value) {
        if (value == null) {
            out.writeByte(PrimitiveTag.NULL);
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Boolean bool) {
            tag(PrimitiveTag.BOOLEAN).writeBoolean(bool);
        } else if (value instanceof Character c) {
            tag(PrimitiveTag.CHAR).writeChar(c);
        } else if (value instanceof byte[] bytes) {
            tag(PrimitiveTag.BYTE_ARRAY).writeInt(bytes.length).writeBytes(bytes);
        } else if (value instanceof Map<?, ?> map) {
            out.writeByte(PrimitiveTag.MAP);
            map(map);
        } else if (value instanceof List<?> list) {
            tag(PrimitiveTag.LIST).writeInt(list.size());
            list.forEach(this::value);
        } else {
            throw noTag(value);
        }
    }

    private void number(Number value) {
        if (value instanceof Integer i) {
            tag(PrimitiveTag.INTEGER).writeInt(i);
        } else if (value instanceof Long l) {
            tag(PrimitiveTag.LONG).writeLong(l);
        } else if (value instanceof Double d) {
            tag(PrimitiveTag.DOUBLE).writeLong(Double.doubleToRawLongBits(d));
        } else if (value instanceof Float f) {
            tag(PrimitiveTag.FLOAT).writeInt(Float.floatToRawIntBits(f));
        } else if (value instanceof Short s) {
            tag(PrimitiveTag.SHORT).writeShort(s);
        } else if (value instanceof Byte b) {
            tag(PrimitiveTag.BYTE).writeByte(b);
        } else {
            throw noTag(value);
        }
    }

    private void string(String text) {
        long length = ModifiedUtf8.length(text);
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("string too long: length=" + length + ", limit=" + Integer.MAX_VALUE);
        }
        if (text.length() >= BIG_STRING_CHARS) {
            tag(PrimitiveTag.BIG_STRING).writeInt((int) length);
        } else {
            tag(PrimitiveTag.STRING).writeShort((int) length);
        }
        ModifiedUtf8.write(text, out);
    }

    private ByteBuf tag(byte tag) {
        return out.writeByte(tag);
    }

    private static IllegalArgumentException noTag(Object value) {
        return new IllegalArgumentException("no tag for a value of " + value.getClass());
    }
}
