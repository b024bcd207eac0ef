package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.WireFormatInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What two sides agreed on. Both compute it from the same two frames; there is no acknowledgement, so the rules are exactly
 * those of stock peers.
 *
 * @param version 1 to 12
 * @param cacheSize slots of the object cache; 0 without one
 * @param sizePrefixDisabled whether frames after the first come without their size
 * @param maxFrameSize the smaller of what the two sides accept
 * @param maxInactivityMs after so long without a frame the connection is dead; 0 switches that off
 * @param initialDelayMs before that is first checked
 */
public record WireOptions(
        int version,
        boolean tight,
        boolean cache,
        int cacheSize,
        boolean stackTrace,
        boolean sizePrefixDisabled,
        boolean tcpNoDelay,
        long maxFrameSize,
        long maxInactivityMs,
        long initialDelayMs) {

    public static final int LATEST_VERSION = 12;

    /** OpenWire: a negotiated cache size of 0 means this one. */
    private static final int DEFAULT_CACHE_SIZE = 16_383;

    /** Before negotiation. */
    static final WireOptions HANDSHAKE = new WireOptions(1, false, false, 0, false, false, false, Long.MAX_VALUE, 0, 0);

    private static final PrimitiveMap.Limits PROPERTY_LIMITS = new PrimitiveMap.Limits(64, 1, 512);

    public WireOptions {
        if (version < 1 || version > LATEST_VERSION) {
            throw new IllegalArgumentException("version: " + version + " (expected: 1 to " + LATEST_VERSION + ")");
        }
        if (cache && (cacheSize < 1 || cacheSize > Short.MAX_VALUE)) {
            throw new IllegalArgumentException("cacheSize: " + cacheSize + " (expected: 1 to " + Short.MAX_VALUE + ")");
        }
    }

    /** Options of this version with nothing else agreed: loose, no cache, no stack traces. */
    public static WireOptions ofVersion(int version) {
        return new WireOptions(version, false, false, 0, false, false, false, Long.MAX_VALUE, 0, 0);
    }

    /**
     * OpenWire: the smaller version, the smaller numbers, and of the switches only those that both sides have on. An absent
     * boolean is false and an absent number 0; so is a boolean with a wrong tag, because stock compares identities.
     *
     * @throws MalformedFrameException when {@code remote} does not speak OpenWire or its properties cannot be read
     */
    public static WireOptions negotiate(WireFormatInfo local, WireFormatInfo remote) {
        if (!remote.hasMagic()) {
            throw new MalformedFrameException("no OpenWire magic", 1, 0, 0);
        }
        if (remote.version < 1) {
            throw new MalformedFrameException("unsupported version", 9, remote.version, LATEST_VERSION);
        }
        Both both = new Both(properties(local), properties(remote));
        int cacheSize = both.on("CacheEnabled") ? both.cacheSize() : 0;
        return new WireOptions(
                Math.min(Math.min(local.version, remote.version), LATEST_VERSION),
                both.on("TightEncodingEnabled"),
                cacheSize > 0,
                cacheSize,
                both.on("StackTraceEnabled"),
                both.on("SizePrefixDisabled"),
                both.on("TcpNoDelayEnabled"),
                both.maxFrameSize(),
                Math.max(0, both.min("MaxInactivityDuration")),
                Math.max(0, both.min("MaxInactivityDurationInitalDelay")));
    }

    /** The properties a side announced; empty when it announced none. */
    public static Map<String, @Nullable Object> properties(WireFormatInfo info) {
        return info.marshalledProperties == null
                ? Map.of()
                : PrimitiveMap.decode(info.marshalledProperties, PROPERTY_LIMITS);
    }

    /** A WireFormatInfo with these properties; each must have the type of its tag. */
    public static WireFormatInfo announce(int version, Map<String, ?> properties) {
        WireFormatInfo info = new WireFormatInfo();
        info.version = version;
        info.marshalledProperties = PrimitiveMap.encode(properties);
        return info;
    }

    private record Both(Map<String, @Nullable Object> local, Map<String, @Nullable Object> remote) {
        boolean on(String name) {
            return Boolean.TRUE.equals(local.get(name)) && Boolean.TRUE.equals(remote.get(name));
        }

        long min(String name) {
            return Math.min(number(local, name, Long.class), number(remote, name, Long.class));
        }

        /** A value that is not positive is no opinion, and neither is none at all. */
        long maxFrameSize() {
            long mine = number(local, "MaxFrameSize", Long.class);
            long theirs = number(remote, "MaxFrameSize", Long.class);
            return Math.min(mine > 0 ? mine : Long.MAX_VALUE, theirs > 0 ? theirs : Long.MAX_VALUE);
        }

        /** A negative size crashes stock peers; here it switches the cache off. */
        int cacheSize() {
            long size = Math.min(number(local, "CacheSize", Integer.class), number(remote, "CacheSize", Integer.class));
            return size == 0 ? DEFAULT_CACHE_SIZE : (int) Math.max(0, Math.min(size, Short.MAX_VALUE));
        }

        private static long number(Map<String, @Nullable Object> side, String name, Class<? extends Number> type) {
            Object value = side.get(name);
            if (value == null) {
                return 0;
            }
            if (!type.isInstance(value)) {
                throw new MalformedFrameException(name + " is no " + type.getSimpleName(), 0, 0, 0);
            }
            return type.cast(value).longValue();
        }
    }
}
