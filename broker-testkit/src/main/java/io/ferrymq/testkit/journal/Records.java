package io.ferrymq.testkit.journal;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Records to write: a message whose body follows from its sequence, so that a wrong one is recognized. */
public final class Records {
    public static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final ProducerId PRODUCER = new ProducerId("ID:testkit-1", 1, 1);

    private Records() {}

    /** A message with this sequence and a body of this many bytes that nothing compresses or predicts. */
    public static Record.MessageAdded message(long sequence, int bodyBytes) {
        Message message = Message.builder(new MessageId(PRODUCER, sequence), ORDERS)
                .persistent(true)
                .timestampMs(1_700_000_000_000L + sequence)
                .body((byte) 24, false, body(sequence, bodyBytes))
                .build();
        return new Record.MessageAdded(sequence, message);
    }

    /** Whether this is exactly what {@link #message} made for its sequence. */
    public static boolean isIntact(Record.MessageAdded added) {
        byte[] body = added.message().body();
        return added.message().id().equals(new MessageId(PRODUCER, added.sequence()))
                && added.message().destination().equals(ORDERS)
                && Arrays.equals(body, body(added.sequence(), body.length));
    }

    public static Record.MessagesRemoved removed(long... sequences) {
        return new Record.MessagesRemoved(ORDERS, sequences);
    }

    /** An entry somebody waits for. */
    public static JournalEntry awaited(Record... records) {
        return new JournalEntry(List.of(records), true);
    }

    /** An entry nobody waits for. */
    public static JournalEntry lazy(Record... records) {
        return new JournalEntry(List.of(records), false);
    }

    private static byte[] body(long sequence, int bytes) {
        byte[] body = new byte[bytes];
        new Random(sequence * 31 + bytes).nextBytes(body);
        return body;
    }
}
