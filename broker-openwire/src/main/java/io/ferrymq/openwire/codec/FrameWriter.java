package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.Marshaller;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.openwire.command.WireThrowable.Frame;
import io.ferrymq.openwire.command.WireValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Writes structures, owned by the connection's I/O thread. What cannot be written (a string too long for this encoding, a
 * structure this version does not have) is an {@link IllegalArgumentException}.
 */
abstract class FrameWriter implements Marshaller {
    private static final int SCRATCH_BYTES = 256;

    private final @Nullable SentValues cache;
    ByteBuf out = Unpooled.EMPTY_BUFFER;
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final int version;
    private final boolean stackTrace;

    FrameWriter(WireOptions options) {
        version = options.version();
        stackTrace = options.stackTrace();
        cache = options.cache() ? new SentValues(options.cacheSize()) : null;
    }

    /** Writes type code and body. */
    final void write(DataStructure structure, ByteBuf frame) {
        if (cache != null) {
            cache.beginFrame();
        }
        try {
            frame.writeByte(typeCode(structure));
            writeBody(structure, frame);
        } catch (RuntimeException e) {
            forgetSent();
            throw e;
        } finally {
            out = Unpooled.EMPTY_BUFFER;
        }
    }

    /** To be called when a frame that was written is not sent: the peer has none of the values it announced. */
    final void forgetSent() {
        if (cache != null) {
            cache.clear();
        }
    }

    abstract void writeBody(DataStructure structure, ByteBuf frame);

    abstract void flag(boolean value);

    abstract void beginNested(DataStructure structure);

    /** A value the peer does not have yet: index, then the value. */
    abstract void announce(SentValues sent, @Nullable WireValue value);

    @Override
    public final int version() {
        return version;
    }

    @Override
    public final boolean bool(boolean value) {
        flag(value);
        return value;
    }

    @Override
    public final byte int8(byte value) {
        out.writeByte(value);
        return value;
    }

    @Override
    public final int int32(int value) {
        out.writeInt(value);
        return value;
    }

    @Override
    public final byte @Nullable [] bytes(byte @Nullable [] value) {
        flag(value != null);
        if (value != null) {
            out.writeInt(value.length);
            out.writeBytes(value);
        }
        return value;
    }

    @Override
    public final byte[] fixedBytes(byte[] value) {
        out.writeBytes(value);
        return value;
    }

    @Override
    public final <T extends DataStructure> @Nullable T nested(@Nullable T value, Class<T> type) {
        writeNested(value);
        return value;
    }

    final void writeNested(@Nullable DataStructure value) {
        flag(value != null);
        if (value != null) {
            beginNested(value);
            out.writeByte(typeCode(value));
            value.fields(this);
        }
    }

    @Override
    public final <T extends WireValue> @Nullable T cached(@Nullable T value, Class<T> type) {
        if (cache == null) {
            return nested(value, type);
        }
        int index = cache.indexOf(value);
        flag(index < 0);
        if (index < 0) {
            announce(cache, value);
        } else {
            out.writeShort(index);
        }
        return value;
    }

    @Override
    public final <T extends DataStructure> @Nullable T @Nullable [] array(
            @Nullable T @Nullable [] value, Class<T> type) {
        flag(value != null);
        if (value != null) {
            writeCount(value.length);
            for (@Nullable T element : value) {
                writeNested(element);
            }
        }
        return value;
    }

    @Override
    public final @Nullable WireThrowable throwable(@Nullable WireThrowable value) {
        flag(value != null);
        if (value != null) {
            string(value.className());
            string(value.message());
            if (stackTrace) {
                writeStackTrace(value);
            }
        }
        return value;
    }

    private void writeStackTrace(WireThrowable value) {
        writeCount(value.frames().size());
        for (Frame frame : value.frames()) {
            string(frame.className());
            string(frame.method());
            string(frame.file());
            out.writeInt(frame.line());
        }
        throwable(value.cause());
    }

    /** Copies a short string into the scratch array; false when it is longer or not all in U+0001..U+007F. */
    final boolean shortAscii(String text) {
        int length = text.length();
        if (length > SCRATCH_BYTES) {
            return false;
        }
        int all = 0;
        int zero = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            scratch[i] = (byte) c;
            all |= c;
            zero |= c - 1;
        }
        return all <= 0x7F && (zero >= 0 || length == 0);
    }

    /** Writes what {@link #shortAscii} copied. */
    final void writeShortAscii(int length) {
        out.writeShort(length);
        out.writeBytes(scratch, 0, length);
    }

    final void writeUtf8(String text, long length, int limit) {
        if (length > limit) {
            throw new IllegalArgumentException("string too long: length=" + length + ", limit=" + limit);
        }
        out.writeShort((int) length);
        ModifiedUtf8.write(text, out);
    }

    private void writeCount(int count) {
        if (count > Short.MAX_VALUE) {
            throw new IllegalArgumentException("array too long: length=" + count + ", limit=" + Short.MAX_VALUE);
        }
        out.writeShort(count);
    }

    private byte typeCode(DataStructure structure) {
        byte code = structure.typeCode();
        int since = StructureTypes.since(code);
        if (version < since) {
            String name = structure.getClass().getSimpleName();
            throw new IllegalArgumentException(
                    name + " does not exist in this version: version=" + version + ", since=" + since);
        }
        return code;
    }
}
