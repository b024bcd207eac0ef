package io.ferrymq.perf;

import java.nio.ByteBuffer;

/** The first bytes of every body: who sent it, its number, and when by the clock of the load JVM. */
record Stamp(int producer, long sequence, long sentNs) {
    static final int LENGTH_BYTES = Integer.BYTES + Long.BYTES + Long.BYTES;

    void writeTo(byte[] body) {
        ByteBuffer.wrap(body).putInt(producer).putLong(sequence).putLong(sentNs);
    }

    static Stamp read(byte[] head) {
        ByteBuffer buffer = ByteBuffer.wrap(head);
        return new Stamp(buffer.getInt(), buffer.getLong(), buffer.getLong());
    }
}
