package io.ferrymq.queue;

import io.ferrymq.message.Message;

/**
 * What a queue keeps of a message whose body is only in the journal.
 *
 * @param expirationS seconds since 1970, rounded up so that nothing expires too early; 0 for never
 */
public record Absent(long sequence, long lsn, int footprintBytes, int expirationS, int redeliveries) {
    private static final int MS_PER_S = 1000;

    static Absent of(QueueEntry entry) {
        return new Absent(
                entry.sequence(),
                entry.lsn(),
                entry.footprintBytes(),
                seconds(entry.message().expirationMs()),
                entry.redeliveries);
    }

    /** Of a message whose record is at this LSN. */
    public static Absent of(Message message, long sequence, long lsn, int redeliveries) {
        return new Absent(sequence, lsn, message.footprintBytes(), seconds(message.expirationMs()), redeliveries);
    }

    private static int seconds(long expirationMs) {
        return expirationMs <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, expirationMs / MS_PER_S + 1);
    }

    Absent movedTo(long newLsn) {
        return new Absent(sequence, newLsn, footprintBytes, expirationS, redeliveries);
    }

    public Absent countedAtLeast(int count) {
        return new Absent(sequence, lsn, footprintBytes, expirationS, Math.max(redeliveries, count));
    }
}
