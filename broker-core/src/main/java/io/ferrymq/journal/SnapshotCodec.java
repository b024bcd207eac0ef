package io.ferrymq.journal;

import io.ferrymq.journal.Record.MessagesWaiting;
import io.ferrymq.journal.Record.ProducersSeen;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.ProducerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The records that are in snapshots only, as bytes. No state, any thread. */
final class SnapshotCodec {
    /** Numbers of one waiting message. */
    private static final int COLUMNS = 6;

    private SnapshotCodec() {}

    static int maxLength(Record record) {
        if (record instanceof MessagesWaiting waiting) {
            return MessageCodec.maxDestination(waiting.backlog())
                    + COLUMNS * RecordCodec.maxArray(waiting.sequences().length);
        }
        int most = Packer.MAX_NUMBER;
        for (ProducersSeen.Mark mark : ((ProducersSeen) record).marks()) {
            most += Packer.maxText(mark.producer().connection())
                    + 4 * Packer.MAX_NUMBER
                    + MessageCodec.maxDestination(mark.queue());
        }
        return most;
    }

    static void encode(Record record, ByteBuffer to) {
        if (record instanceof MessagesWaiting waiting) {
            encode(waiting, to);
        } else {
            encode((ProducersSeen) record, to);
        }
    }

    private static void encode(MessagesWaiting waiting, ByteBuffer to) {
        MessageCodec.destination(to, waiting.backlog());
        RecordCodec.sequences(to, waiting.sequences());
        RecordCodec.sequences(to, waiting.lsns());
        numbers(to, waiting.priorities());
        numbers(to, waiting.footprints());
        numbers(to, waiting.expirationsS());
        numbers(to, waiting.counts());
    }

    private static void numbers(ByteBuffer to, int[] values) {
        for (int value : values) {
            Packer.number(to, value);
        }
    }

    private static void encode(ProducersSeen seen, ByteBuffer to) {
        Packer.number(to, seen.marks().size());
        for (ProducersSeen.Mark mark : seen.marks()) {
            Packer.text(to, mark.producer().connection());
            Packer.number(to, mark.producer().session());
            Packer.number(to, mark.producer().number());
            MessageCodec.destination(to, mark.queue());
            Packer.number(to, mark.sequence());
            Packer.number(to, mark.window());
        }
    }

    static MessagesWaiting waiting(Unpacker from) {
        DestinationName backlog = MessageCodec.destination(from);
        long[] sequences = RecordCodec.sequences(from);
        long[] lsns = RecordCodec.sequences(from);
        if (lsns.length != sequences.length) {
            throw new MalformedRecordException(
                    "not as many records as messages: " + lsns.length + ", " + sequences.length);
        }
        int count = sequences.length;
        return new MessagesWaiting(
                backlog,
                sequences,
                lsns,
                numbers(from, count),
                numbers(from, count),
                numbers(from, count),
                numbers(from, count));
    }

    private static int[] numbers(Unpacker from, int count) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = from.int32();
        }
        return values;
    }

    static ProducersSeen seen(Unpacker from) {
        List<ProducersSeen.Mark> marks = new ArrayList<>();
        for (int left = from.count(); left > 0; left--) {
            ProducerId producer = new ProducerId(from.text(), from.number(), from.number());
            marks.add(new ProducersSeen.Mark(producer, MessageCodec.destination(from), from.number(), from.number()));
        }
        return new ProducersSeen(List.copyOf(marks));
    }
}
