package io.ferrymq.store;

/** Where a record begins, in one number: which segment of a list, and the offset in its file. Later places are larger. */
final class Place {
    private static final int OFFSET_BITS = 40;

    private Place() {}

    static long of(int segment, long offset) {
        return (long) segment << OFFSET_BITS | offset;
    }

    static int segment(long place) {
        return (int) (place >>> OFFSET_BITS);
    }

    static long offset(long place) {
        return place & (1L << OFFSET_BITS) - 1;
    }
}
