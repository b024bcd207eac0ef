package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.Marshaller;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.openwire.command.WireThrowable.Frame;
import io.ferrymq.openwire.command.WireValue;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads structures, owned by the connection's I/O thread. Loose and tight differ only in where a flag comes from and in the
 * form of strings and longs; all the rest, and all limits, are here.
 */
abstract class FrameReader implements Marshaller {
    /** How deep structures and causes may contain each other; stock goes to 4. */
    static final int MAX_DEPTH = 32;

    /** Structures and null elements in one frame: each costs more memory than the bit or byte that announces it. */
    static final int MAX_STRUCTURES = 1 << 18;

    private static final int FIRST_ARRAY_LENGTH = 16;

    final FrameInput in;
    private final int version;
    private final boolean stackTrace;
    private final @Nullable ReceivedValues cache;
    private int depth;
    private int structures;

    FrameReader(FrameInput in, WireOptions options) {
        this.in = in;
        version = options.version();
        stackTrace = options.stackTrace();
        cache = options.cache() ? new ReceivedValues(options.cacheSize()) : null;
    }

    /** Reads the frame that {@link #in} is open on, type code included. */
    DataStructure read() {
        depth = 0;
        structures = 0;
        DataStructure structure = create(DataStructure.class);
        beginBody();
        structure.fields(this);
        return structure;
    }

    /** Reads what a frame begins with, after its type code; what follows is left. */
    <T extends DataStructure> T readHead(T head) {
        depth = 0;
        structures = 0;
        in.int8();
        beginBody();
        head.fields(this);
        return head;
    }

    abstract void beginBody();

    /** A boolean, also those that tell null from not null. */
    abstract boolean flag();

    /** Called between the type code of a nested structure and its fields. */
    abstract void beginNested(DataStructure structure);

    @Override
    public final int version() {
        return version;
    }

    @Override
    public final boolean bool(boolean value) {
        return flag();
    }

    @Override
    public final byte int8(byte value) {
        return in.int8();
    }

    @Override
    public final int int32(int value) {
        return in.int32();
    }

    @Override
    public final byte @Nullable [] bytes(byte @Nullable [] value) {
        return flag() ? in.bytes(in.int32()) : null;
    }

    @Override
    public final byte[] fixedBytes(byte[] value) {
        return in.bytes(value.length);
    }

    @Override
    public final <T extends DataStructure> @Nullable T nested(@Nullable T value, Class<T> type) {
        if (!flag()) {
            return null;
        }
        T structure = create(type);
        beginNested(structure);
        descend();
        structure.fields(this);
        depth--;
        return structure;
    }

    @Override
    public final <T extends WireValue> @Nullable T cached(@Nullable T value, Class<T> type) {
        if (cache == null) {
            return nested(value, type);
        }
        if (!flag()) {
            return cache.get(in.int16(), type, in);
        }
        int index = in.int16();
        int before = in.remaining();
        T read = nested(value, type);
        cache.store(index, read, before - in.remaining(), in);
        return read;
    }

    /** The array grows with the elements that arrive: a count alone allocates nothing. */
    @Override
    public final <T extends DataStructure> @Nullable T @Nullable [] array(
            @Nullable T @Nullable [] value, Class<T> type) {
        if (!flag()) {
            return null;
        }
        int count = count("array count");
        @Nullable T[] elements = newArray(type, Math.min(count, FIRST_ARRAY_LENGTH));
        for (int i = 0; i < count; i++) {
            if (i == elements.length) {
                elements = Arrays.copyOf(elements, Math.min(count, 2 * i));
            }
            elements[i] = nested(null, type);
            if (elements[i] == null) {
                countStructure();
            }
        }
        return elements;
    }

    @Override
    public final @Nullable WireThrowable throwable(@Nullable WireThrowable value) {
        if (!flag()) {
            return null;
        }
        countStructure();
        String className = string(null);
        String message = string(null);
        if (!stackTrace) {
            return new WireThrowable(className, message, List.of(), null);
        }
        List<Frame> frames = stackFrames();
        descend();
        WireThrowable cause = throwable(null);
        depth--;
        return new WireThrowable(className, message, frames, cause);
    }

    private List<Frame> stackFrames() {
        int count = count("stack trace length");
        List<Frame> frames = new ArrayList<>(Math.min(count, FIRST_ARRAY_LENGTH));
        for (int i = 0; i < count; i++) {
            frames.add(new Frame(string(null), string(null), string(null), in.int32()));
        }
        return frames;
    }

    private <T extends DataStructure> T create(Class<T> type) {
        countStructure();
        byte code = in.int8();
        DataStructure structure = StructureTypes.create(code, version);
        if (!type.isInstance(structure)) {
            String what = structure == null ? "unknown type code" : "type code of no " + type.getSimpleName();
            throw in.malformed(what, code & 0xFF, 0xFF);
        }
        return type.cast(structure);
    }

    private int count(String what) {
        int count = in.int16();
        if (count < 0) {
            throw in.malformed(what + " is negative", count, Short.MAX_VALUE);
        }
        return count;
    }

    private void descend() {
        if (++depth > MAX_DEPTH) {
            throw in.malformed("nested too deep", depth, MAX_DEPTH);
        }
    }

    private void countStructure() {
        if (++structures > MAX_STRUCTURES) {
            throw in.malformed("too many structures in one frame", structures, MAX_STRUCTURES);
        }
    }

    @SuppressWarnings("unchecked") // Array.newInstance makes exactly a T[]
    private static <T> @Nullable T[] newArray(Class<T> type, int length) {
        return (T[]) Array.newInstance(type, length);
    }
}
