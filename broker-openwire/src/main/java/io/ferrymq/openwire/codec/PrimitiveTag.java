package io.ferrymq.openwire.codec;

/** OpenWire: the byte before each value of a primitive map. Note that double comes before float. */
final class PrimitiveTag {
    static final byte NULL = 0;
    static final byte BOOLEAN = 1;
    static final byte BYTE = 2;
    static final byte CHAR = 3;
    static final byte SHORT = 4;
    static final byte INTEGER = 5;
    static final byte LONG = 6;
    static final byte DOUBLE = 7;
    static final byte FLOAT = 8;
    static final byte STRING = 9;
    static final byte BYTE_ARRAY = 10;
    static final byte MAP = 11;
    static final byte LIST = 12;
    static final byte BIG_STRING = 13;

    private PrimitiveTag() {}
}
