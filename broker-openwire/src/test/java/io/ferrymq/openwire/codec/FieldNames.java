package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.Marshaller;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.openwire.command.WireValue;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which field a structure hands over at each step: every step returns a value that differs from the default, and
 * the field that changed since the step before is the one.
 */
final class FieldNames implements Marshaller {
    private final DataStructure structure;
    private final int version;
    private final List<String> names = new ArrayList<>();
    private final Map<String, @Nullable Object> before = new HashMap<>();
    private @Nullable String pendingKind;

    private FieldNames(DataStructure structure, int version) {
        this.structure = structure;
        this.version = version;
        snapshot();
    }

    static List<String> visited(DataStructure structure, int version) {
        FieldNames visitor = new FieldNames(structure, version);
        structure.fields(visitor);
        visitor.step(null);
        return visitor.names;
    }

    /** What the step before returned has been assigned by now. */
    private void step(@Nullable String kind) {
        if (pendingKind != null) {
            Map<String, @Nullable Object> old = new HashMap<>(before);
            snapshot();
            before.forEach((name, value) -> {
                if (value != old.get(name) && !(value != null && value.equals(old.get(name)))) {
                    names.add(name + ' ' + pendingKind);
                }
            });
        }
        pendingKind = kind;
    }

    private void snapshot() {
        for (Field field : structure.getClass().getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                try {
                    before.put(field.getName(), field.get(structure));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public boolean bool(boolean value) {
        step("boolean");
        return !value;
    }

    @Override
    public byte int8(byte value) {
        step("byte");
        return (byte) (value + 1);
    }

    @Override
    public int int32(int value) {
        step("int");
        return value + 1;
    }

    @Override
    public long int64(long value) {
        step("long");
        return value + 1;
    }

    @Override
    public String string(@Nullable String value) {
        step("string");
        return value + "x";
    }

    @Override
    public byte[] bytes(byte @Nullable [] value) {
        step("byteArray");
        return new byte[1];
    }

    @Override
    public byte[] fixedBytes(byte[] value) {
        step("constByteArray");
        return new byte[value.length];
    }

    @Override
    public <T extends DataStructure> @Nullable T nested(@Nullable T value, Class<T> type) {
        step("nested");
        return any(type);
    }

    @Override
    public <T extends WireValue> @Nullable T cached(@Nullable T value, Class<T> type) {
        step("cached");
        return any(type);
    }

    @Override
    @SuppressWarnings("unchecked") // Array.newInstance makes exactly a T[]
    public <T extends DataStructure> @Nullable T @Nullable [] array(@Nullable T @Nullable [] value, Class<T> type) {
        step("array");
        return (T[]) Array.newInstance(type, 0);
    }

    @Override
    public WireThrowable throwable(@Nullable WireThrowable value) {
        step("throwable");
        return new WireThrowable("c", "m");
    }

    private static <T extends DataStructure> T any(Class<T> type) {
        for (int code = 0; code <= Byte.MAX_VALUE; code++) {
            DataStructure candidate = StructureTypes.create((byte) code, 12);
            if (type.isInstance(candidate)) {
                return type.cast(candidate);
            }
        }
        throw new AssertionError(type);
    }
}
