package io.ferrymq.journal;

import io.ferrymq.journal.Record.DeliveriesCounted;
import io.ferrymq.journal.Record.DeliveriesSuspected;
import io.ferrymq.journal.Record.DestinationAdded;
import io.ferrymq.journal.Record.DestinationRemoved;
import io.ferrymq.journal.Record.MessageAdded;
import io.ferrymq.journal.Record.MessageMoved;
import io.ferrymq.journal.Record.MessageScheduled;
import io.ferrymq.journal.Record.MessagesRemoved;
import io.ferrymq.journal.Record.SchedulesEnded;
import io.ferrymq.journal.Record.StoppedCleanly;
import io.ferrymq.journal.Record.SubscriptionAdded;
import io.ferrymq.journal.Record.SubscriptionRemoved;
import io.ferrymq.journal.Record.TransactionPrepared;
import io.ferrymq.journal.Record.TransactionResolved;
import io.ferrymq.message.DestinationName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Records as bytes, the same for every journal and for replication: one format version byte, then the fields
 * (docs/journal-format.md). The type is not among the bytes; the frame around them carries it. No state, any thread.
 */
public final class RecordCodec {
    /** The version this build writes, and the newest it reads. */
    public static final byte VERSION = 1;

    private RecordCodec() {}

    /** The most that {@link #encode} writes for this record. */
    public static int maxLength(Record record) {
        return 1
                + switch (record.type()) {
                    case MESSAGE_ADDED ->
                        Math.addExact(Packer.MAX_NUMBER, MessageCodec.maxLength(((MessageAdded) record).message()));
                    case MESSAGES_REMOVED -> {
                        MessagesRemoved removed = (MessagesRemoved) record;
                        yield MessageCodec.maxDestination(removed.destination()) + maxArray(removed.sequences().length);
                    }
                    case DELIVERIES_COUNTED -> {
                        DeliveriesCounted counted = (DeliveriesCounted) record;
                        yield MessageCodec.maxDestination(counted.destination())
                                + maxArray(counted.sequences().length)
                                + maxArray(counted.counts().length);
                    }
                    case DESTINATION_ADDED -> MessageCodec.maxDestination(((DestinationAdded) record).destination());
                    case DESTINATION_REMOVED ->
                        MessageCodec.maxDestination(((DestinationRemoved) record).destination());
                    case STOPPED_CLEANLY -> Packer.MAX_NUMBER;
                    case SUBSCRIPTION_ADDED -> {
                        SubscriptionAdded added = (SubscriptionAdded) record;
                        yield MessageCodec.maxDestination(added.subscription())
                                + MessageCodec.maxDestination(added.topics())
                                + Packer.maxText(added.selector())
                                + Packer.maxText(added.deafTo());
                    }
                    case SUBSCRIPTION_REMOVED ->
                        MessageCodec.maxDestination(((SubscriptionRemoved) record).subscription());
                    case MESSAGE_SCHEDULED ->
                        Math.addExact(
                                3 * Packer.MAX_NUMBER, MessageCodec.maxLength(((MessageScheduled) record).message()));
                    case SCHEDULES_ENDED -> {
                        SchedulesEnded ended = (SchedulesEnded) record;
                        yield MessageCodec.maxDestination(ended.destination()) + maxArray(ended.jobs().length);
                    }
                    case MESSAGE_MOVED -> maxMoved((MessageMoved) record);
                    case DELIVERIES_SUSPECTED -> 0;
                    case MESSAGES_WAITING, PRODUCERS_SEEN -> SnapshotCodec.maxLength(record);
                    case TRANSACTION_PREPARED -> TransactionCodec.maxLength((TransactionPrepared) record);
                    case TRANSACTION_RESOLVED ->
                        TransactionCodec.maxLength(((TransactionResolved) record).xid()) + Packer.MAX_NUMBER;
                };
    }

    /** Writes the record at the buffer's position, which must leave room for {@link #maxLength}. */
    public static void encode(Record record, ByteBuffer to) {
        to.put(VERSION);
        switch (record.type()) {
            case MESSAGE_ADDED -> {
                Packer.number(to, ((MessageAdded) record).sequence());
                MessageCodec.encode(((MessageAdded) record).message(), to);
            }
            case MESSAGES_REMOVED -> {
                MessageCodec.destination(to, ((MessagesRemoved) record).destination());
                sequences(to, ((MessagesRemoved) record).sequences());
            }
            case DELIVERIES_COUNTED -> {
                MessageCodec.destination(to, ((DeliveriesCounted) record).destination());
                sequences(to, ((DeliveriesCounted) record).sequences());
                counts(to, (DeliveriesCounted) record);
            }
            case DESTINATION_ADDED -> MessageCodec.destination(to, ((DestinationAdded) record).destination());
            case DESTINATION_REMOVED -> MessageCodec.destination(to, ((DestinationRemoved) record).destination());
            case STOPPED_CLEANLY -> Packer.number(to, ((StoppedCleanly) record).nextSequence());
            case SUBSCRIPTION_ADDED -> {
                MessageCodec.destination(to, ((SubscriptionAdded) record).subscription());
                MessageCodec.destination(to, ((SubscriptionAdded) record).topics());
                Packer.text(to, ((SubscriptionAdded) record).selector());
                Packer.text(to, ((SubscriptionAdded) record).deafTo());
            }
            case SUBSCRIPTION_REMOVED -> MessageCodec.destination(to, ((SubscriptionRemoved) record).subscription());
            case MESSAGE_SCHEDULED -> {
                MessageScheduled scheduled = (MessageScheduled) record;
                Packer.number(to, scheduled.job());
                Packer.number(to, scheduled.dueMs());
                Packer.number(to, scheduled.repeats());
                MessageCodec.encode(scheduled.message(), to);
            }
            case SCHEDULES_ENDED -> {
                MessageCodec.destination(to, ((SchedulesEnded) record).destination());
                sequences(to, ((SchedulesEnded) record).jobs());
            }
            case MESSAGE_MOVED -> moved(to, (MessageMoved) record);
            case DELIVERIES_SUSPECTED -> {} // its type says it
            case MESSAGES_WAITING, PRODUCERS_SEEN -> SnapshotCodec.encode(record, to);
            case TRANSACTION_PREPARED -> TransactionCodec.encode((TransactionPrepared) record, to);
            case TRANSACTION_RESOLVED -> TransactionCodec.encode((TransactionResolved) record, to);
        }
    }

    /**
     * Reads the record between the buffer's position and its limit.
     *
     * @throws MalformedRecordException when these bytes are not one whole record of this type
     */
    public static Record decode(byte typeCode, ByteBuffer bytes) {
        Record.Type type = Record.Type.of(typeCode)
                .orElseThrow(() -> new MalformedRecordException("unknown record type: code=" + typeCode));
        Unpacker from = new Unpacker(bytes);
        byte version = from.octet();
        if (version < 1 || version > VERSION) {
            throw new MalformedRecordException("unknown record version: version=" + version);
        }
        Record record = decode(type, from);
        from.end();
        return record;
    }

    private static Record decode(Record.Type type, Unpacker from) {
        return switch (type) {
            case MESSAGE_ADDED -> new MessageAdded(from.number(), MessageCodec.decode(from));
            case MESSAGES_REMOVED -> new MessagesRemoved(MessageCodec.destination(from), sequences(from));
            case DELIVERIES_COUNTED -> counted(from);
            case DESTINATION_ADDED -> new DestinationAdded(MessageCodec.destination(from));
            case DESTINATION_REMOVED -> new DestinationRemoved(MessageCodec.destination(from));
            case STOPPED_CLEANLY -> new StoppedCleanly(from.number());
            case SUBSCRIPTION_ADDED ->
                new SubscriptionAdded(
                        MessageCodec.destination(from), MessageCodec.destination(from), from.text(), from.text());
            case SUBSCRIPTION_REMOVED -> new SubscriptionRemoved(MessageCodec.destination(from));
            case MESSAGE_SCHEDULED -> scheduled(from);
            case SCHEDULES_ENDED -> new SchedulesEnded(MessageCodec.destination(from), sequences(from));
            case MESSAGE_MOVED -> moved(from);
            case DELIVERIES_SUSPECTED -> new DeliveriesSuspected();
            case MESSAGES_WAITING -> SnapshotCodec.waiting(from);
            case PRODUCERS_SEEN -> SnapshotCodec.seen(from);
            case TRANSACTION_PREPARED -> TransactionCodec.prepared(from);
            case TRANSACTION_RESOLVED -> TransactionCodec.resolved(from);
        };
    }

    private static MessageScheduled scheduled(Unpacker from) {
        MessageScheduled scheduled =
                new MessageScheduled(from.number(), from.number(), from.int32(), MessageCodec.decode(from));
        if (!scheduled.message().isScheduled()) {
            throw new MalformedRecordException("a scheduled message without a schedule");
        }
        return scheduled;
    }

    private static int maxMoved(MessageMoved moved) {
        int most = Packer.MAX_NUMBER + maxArray(moved.backlogs().size());
        for (DestinationName backlog : moved.backlogs()) {
            most += MessageCodec.maxDestination(backlog);
        }
        return Math.addExact(most, MessageCodec.maxLength(moved.message()));
    }

    private static void moved(ByteBuffer to, MessageMoved moved) {
        Packer.number(to, moved.sequence());
        Packer.number(to, moved.backlogs().size());
        for (int i = 0; i < moved.backlogs().size(); i++) {
            MessageCodec.destination(to, moved.backlogs().get(i));
            Packer.number(to, moved.counts()[i]);
        }
        MessageCodec.encode(moved.message(), to);
    }

    private static MessageMoved moved(Unpacker from) {
        long sequence = from.number();
        int[] counts = new int[from.count()];
        List<DestinationName> backlogs = new ArrayList<>(counts.length);
        for (int i = 0; i < counts.length; i++) {
            backlogs.add(MessageCodec.destination(from));
            counts[i] = from.int32();
        }
        return new MessageMoved(sequence, MessageCodec.decode(from), List.copyOf(backlogs), counts);
    }

    static int maxArray(int length) {
        return Math.multiplyExact(Packer.MAX_NUMBER, length + 1);
    }

    /** As differences: acknowledgements mostly come in order, so that one takes a byte. */
    static void sequences(ByteBuffer to, long[] sequences) {
        Packer.number(to, sequences.length);
        long previous = 0;
        for (long sequence : sequences) {
            Packer.number(to, sequence - previous);
            previous = sequence;
        }
    }

    static long[] sequences(Unpacker from) {
        long[] sequences = new long[from.count()];
        long previous = 0;
        for (int i = 0; i < sequences.length; i++) {
            previous += from.number();
            sequences[i] = previous;
        }
        return sequences;
    }

    private static void counts(ByteBuffer to, DeliveriesCounted counted) {
        if (counted.counts().length != counted.sequences().length) {
            throw new IllegalArgumentException("as many counts as sequences: " + Arrays.toString(counted.counts()));
        }
        for (int count : counted.counts()) {
            Packer.number(to, count);
        }
    }

    private static DeliveriesCounted counted(Unpacker from) {
        var destination = MessageCodec.destination(from);
        long[] sequences = sequences(from);
        int[] counts = new int[sequences.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = from.int32();
        }
        return new DeliveriesCounted(destination, sequences, counts);
    }
}
