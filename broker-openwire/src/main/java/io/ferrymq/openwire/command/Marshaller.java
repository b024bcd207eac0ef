package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/**
 * Visits the fields of a structure. A writer encodes the value it is given and returns it; a reader ignores what it is given
 * and returns the value from the wire. Called by the thread that owns the connection; never blocks. A reader throws only the
 * codec's exception for malformed frames.
 */
public interface Marshaller {
    /** The negotiated version, 1 to 12. Structures ask for it to know which of their fields exist. */
    int version();

    boolean bool(boolean value);

    byte int8(byte value);

    int int32(int value);

    long int64(long value);

    @Nullable
    String string(@Nullable String value);

    byte @Nullable [] bytes(byte @Nullable [] value);

    /** As many bytes as {@code value} has, without length. A reader returns a new array. */
    byte[] fixedBytes(byte[] value);

    <T extends DataStructure> @Nullable T nested(@Nullable T value, Class<T> type);

    /** Like {@link #nested}, but through the object cache of the connection when one was negotiated. */
    <T extends WireValue> @Nullable T cached(@Nullable T value, Class<T> type);

    <T extends DataStructure> @Nullable T @Nullable [] array(@Nullable T @Nullable [] value, Class<T> type);

    @Nullable
    WireThrowable throwable(@Nullable WireThrowable value);
}
