package io.ferrymq.perf.nullbroker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** OpenWire version 12 as the null broker negotiates it: loose, without cache. Reads move the buffer's reader index behind what was read. */
final class Wire {
    static final int WIRE_FORMAT_INFO = 1;
    static final int CONSUMER_INFO = 5;
    static final int KEEP_ALIVE_INFO = 10;
    static final int REMOVE_INFO = 12;
    static final int MESSAGE_DISPATCH = 21;
    static final int MESSAGE_ACK = 22;
    static final int FIRST_MESSAGE = 23;
    static final int LAST_MESSAGE = 29;
    static final int CONSUMER_ID = 122;
    static final int ACK_DELIVERED = 0;
    static final int ACK_REDELIVERED = 3;

    private static final int RESPONSE = 30;
    private static final int TOPIC = 101;
    private static final int TEMP_TOPIC = 103;
    private static final int MESSAGE_ID = 110;
    private static final int VERSION = 12;
    private static final int TAG_BOOLEAN = 1;
    private static final int TAG_LONG = 6;

    private Wire() {}

    static boolean isTopic(byte destinationType) {
        return destinationType == TOPIC || destinationType == TEMP_TOPIC;
    }

    /** Absent properties count as off: no tight encoding, no cache, no inactivity monitor. */
    static ByteBuf wireFormatInfo(ByteBufAllocator allocator) {
        ByteBuf properties = allocator.buffer().writeInt(2);
        name(properties, "TcpNoDelayEnabled").writeByte(TAG_BOOLEAN).writeBoolean(true);
        name(properties, "MaxFrameSize").writeByte(TAG_LONG).writeLong(Long.MAX_VALUE);
        ByteBuf frame = allocator.buffer().writeInt(0).writeByte(WIRE_FORMAT_INFO);
        frame.writeBytes("ActiveMQ".getBytes(StandardCharsets.US_ASCII)).writeInt(VERSION);
        frame.writeBoolean(true).writeInt(properties.readableBytes()).writeBytes(properties);
        properties.release();
        return frame.setInt(0, frame.readableBytes() - Integer.BYTES);
    }

    private static ByteBuf name(ByteBuf out, String name) {
        return out.writeShort(name.length()).writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    }

    static ByteBuf response(ByteBufAllocator allocator, int correlationId) {
        ByteBuf frame = allocator.buffer(Integer.BYTES + 1 + Integer.BYTES + 1 + Integer.BYTES);
        frame.writeInt(1 + Integer.BYTES + 1 + Integer.BYTES).writeByte(RESPONSE);
        return frame.writeInt(0).writeBoolean(false).writeInt(correlationId);
    }

    static ByteBuf keepAlive(ByteBufAllocator allocator, int commandId) {
        ByteBuf frame = allocator.buffer(Integer.BYTES + 1 + Integer.BYTES + 1);
        return frame.writeInt(1 + Integer.BYTES + 1)
                .writeByte(KEEP_ALIVE_INFO)
                .writeInt(commandId)
                .writeBoolean(false);
    }

    static void skipString(ByteBuf in) {
        if (in.readBoolean()) {
            in.skipBytes(in.readUnsignedShort());
        }
    }

    /** The type of a nested object, or 0 for null. */
    static byte nested(ByteBuf in) {
        return in.readBoolean() ? in.readByte() : 0;
    }

    static String string(ByteBuf in) {
        return in.readBoolean()
                ? in.readCharSequence(in.readUnsignedShort(), StandardCharsets.UTF_8)
                        .toString()
                : "";
    }

    static void skipDestination(ByteBuf in) {
        if (nested(in) != 0) {
            skipString(in);
        }
    }

    static void skipProducerId(ByteBuf in) {
        if (nested(in) != 0) {
            skipString(in);
            in.skipBytes(2 * Long.BYTES);
        }
    }

    /** A consumer's key within its connection: the session and the number in it. */
    static long consumerId(ByteBuf in) {
        nested(in);
        return idWithoutType(in);
    }

    static long idWithoutType(ByteBuf in) {
        skipString(in);
        return in.readLong() << Integer.SIZE ^ in.readLong();
    }

    /** Only local ones are known: a number and a connection. */
    static void skipTransactionId(ByteBuf in) {
        if (nested(in) != 0) {
            in.skipBytes(Long.BYTES);
            if (nested(in) != 0) {
                skipString(in);
            }
        }
    }

    static void skipMessageId(ByteBuf in) {
        if (nested(in) == MESSAGE_ID) {
            skipString(in);
            skipProducerId(in);
            in.skipBytes(2 * Long.BYTES);
        }
    }
}
