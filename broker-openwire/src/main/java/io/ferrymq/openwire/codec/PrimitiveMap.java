package io.ferrymq.openwire.codec;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The map inside WireFormatInfo, message properties and map bodies: names to tagged values. Blobs are forwarded as they are
 * and only decoded for whoever asks (selectors, consoles), because the order of entries and the form of strings differ
 * between clients. Stateless; any thread.
 */
public final class PrimitiveMap {
    private static final int MAX_KEY_BYTES = 65_535;
    private static final int COUNT_BYTES = 4;

    /** A guess, to allocate once. */
    private static final int ENTRY_BYTES = 64;

    /**
     * @param entries of the map and everything nested in it
     * @param depth of maps and lists, at most 32; 1 is a flat map
     * @param keyBytes per key
     */
    public record Limits(int entries, int depth, int keyBytes) {
        private static final int MAX_DEPTH = 32;

        public Limits {
            if (depth < 1 || depth > MAX_DEPTH) {
                throw new IllegalArgumentException("depth: " + depth + " (expected: 1 to " + MAX_DEPTH + ")");
            }
        }

        /** What stock brokers accept. */
        public static Limits defaults() {
            return new Limits(4096, MAX_DEPTH, MAX_KEY_BYTES);
        }
    }

    private PrimitiveMap() {}

    /**
     * Decodes in wire order; later entries replace earlier ones of the same name. A null map is empty. Values are what their
     * tags say: Boolean, Byte, Character, Short, Integer, Long, Double, Float, String, byte[], Map, List or null.
     *
     * @throws MalformedFrameException when the bytes are not exactly one map within {@code limits}
     */
    public static Map<String, @Nullable Object> decode(byte[] map, Limits limits) {
        return new PrimitiveReader(map, limits).read();
    }

    /**
     * What {@link #decode} would have for one key, at a fraction of its cost; null as well when it would reject the bytes, or when the
     * value is null.
     */
    public static @Nullable Object find(byte[] map, String key, Limits limits) {
        return new PrimitiveScan(map, limits).find(key);
    }

    /** Whether {@link #decode} would accept the bytes, at a fraction of its cost. */
    public static boolean isValid(byte[] map, Limits limits) {
        return new PrimitiveScan(map, limits).isMap();
    }

    /** @throws IllegalArgumentException when a value has none of the types above or a key is too long */
    public static byte[] encode(Map<String, ?> map) {
        PrimitiveWriter writer = new PrimitiveWriter(Unpooled.buffer());
        writer.map(map);
        return writer.bytes();
    }

    /**
     * Adds entries to a marshalled map without decoding it. Nothing is replaced: where a name is there twice, readers take
     * the later entry, which is the added one.
     *
     * @param map absent as null, as no bytes, or as a null map
     */
    public static byte[] append(byte @Nullable [] map, Map<String, ?> additions) {
        if (map == null || map.length == 0) {
            return encode(additions);
        }
        if (map.length < COUNT_BYTES) {
            throw new MalformedFrameException("map ends early", 0, COUNT_BYTES, map.length);
        }
        int count = ByteBuffer.wrap(map).getInt();
        if (count == PrimitiveReader.NULL_MAP) {
            return encode(additions);
        }
        if (count < 0 || count > Integer.MAX_VALUE - additions.size()) {
            throw new MalformedFrameException("invalid entry count", 0, count, Integer.MAX_VALUE);
        }
        PrimitiveWriter writer = new PrimitiveWriter(Unpooled.buffer(map.length + ENTRY_BYTES * additions.size()));
        writer.copy(map, count + additions.size());
        writer.entries(additions);
        return writer.bytes();
    }
}
