package io.ferrymq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.journal.Record.DeliveriesCounted;
import io.ferrymq.journal.Record.DestinationAdded;
import io.ferrymq.journal.Record.DestinationRemoved;
import io.ferrymq.journal.Record.MessageAdded;
import io.ferrymq.journal.Record.MessagesRemoved;
import io.ferrymq.journal.Record.StoppedCleanly;
import io.ferrymq.journal.Record.TransactionPrepared;
import io.ferrymq.journal.Record.TransactionResolved;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecordCodecTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");

    @Test
    void shouldGiveEveryFieldBack() {
        Message message = full();
        MessageAdded back = (MessageAdded) roundTrip(new MessageAdded(Long.MAX_VALUE, message));
        assertThat(back.sequence()).isEqualTo(Long.MAX_VALUE);
        assertThat(back.message().id().foreignId()).isEqualTo("ID:legacy");
        assertThat(back.message()).usingRecursiveComparison().isEqualTo(message);
    }

    @Test
    void shouldTellAbsentBytesFromNone() {
        Message message = plain().body((byte) 23, false, new byte[0]).build();
        Message back = ((MessageAdded) roundTrip(new MessageAdded(1, message))).message();
        assertThat(back.body()).isNotSameAs(Message.ABSENT).isEmpty();
        assertThat(back.properties()).isSameAs(Message.ABSENT);
        assertThat(back.extras()).isSameAs(Message.ABSENT);
    }

    @Test
    void shouldKeepEveryJavaString() {
        for (String text : List.of("", "a", "\u0000", "äöü", "日本", "😀x", "\uD800", "x\uDC00\uD800y", "\uFFFF")) {
            Message message = plain().correlationId(text).build();
            Message back = ((MessageAdded) roundTrip(new MessageAdded(1, message))).message();
            assertThat(back.correlationId()).hasValue(text);
        }
    }

    @Test
    void shouldGiveTheSmallRecordsBack() {
        long[] sequences = {5, 6, 7, 3, Long.MAX_VALUE, Long.MIN_VALUE};
        int[] counts = {1, 2, 3, Integer.MAX_VALUE, 0, -1};
        MessagesRemoved removed = (MessagesRemoved) roundTrip(new MessagesRemoved(ORDERS, sequences));
        assertThat(removed.destination()).isEqualTo(ORDERS);
        assertThat(removed.sequences()).isEqualTo(sequences);
        DeliveriesCounted counted = (DeliveriesCounted) roundTrip(new DeliveriesCounted(ORDERS, sequences, counts));
        assertThat(counted.counts()).isEqualTo(counts);
        for (DestinationName.Kind kind : DestinationName.Kind.values()) {
            Record added = new DestinationAdded(new DestinationName(kind, "Ä.>"));
            assertThat(roundTrip(added)).isEqualTo(added);
        }
        assertThat(roundTrip(new DestinationRemoved(ORDERS))).isEqualTo(new DestinationRemoved(ORDERS));
        assertThat(roundTrip(new StoppedCleanly(-3))).isEqualTo(new StoppedCleanly(-3));
    }

    @Test
    void shouldGiveTransactionsBack() {
        Xid xid = new Xid(Integer.MIN_VALUE, new byte[] {1, -1}, new byte[0]);
        MessagesRemoved taken = new MessagesRemoved(ORDERS, new long[] {5, 3});
        TransactionPrepared prepared = new TransactionPrepared(xid, 17, 3, List.of(taken, taken), List.of(full()));
        assertThat(roundTrip(prepared)).usingRecursiveComparison().isEqualTo(prepared);
        TransactionPrepared empty = new TransactionPrepared(xid, -1, 0, List.of(), List.of());
        assertThat(roundTrip(empty)).isEqualTo(empty);
        for (boolean committed : new boolean[] {true, false}) {
            TransactionResolved resolved = new TransactionResolved(xid, committed);
            assertThat(roundTrip(resolved)).isEqualTo(resolved);
        }
    }

    @Test
    void shouldFindEveryTypeByItsCode() {
        for (Record.Type type : Record.Type.values()) {
            assertThat(Record.Type.of(type.code())).hasValue(type);
        }
    }

    @Test
    void shouldRefuseDamagedTransactions() {
        Random random = new Random(42);
        Xid xid = new Xid(7, new byte[] {1, 2, 3}, new byte[] {4});
        MessagesRemoved taken = new MessagesRemoved(ORDERS, new long[] {5, 3});
        TransactionPrepared prepared = new TransactionPrepared(xid, 17, 3, List.of(taken), List.of(full()));
        byte[] bytes = new byte[encode(prepared).remaining()];
        for (int round = 0; round < 20_000; round++) {
            encode(prepared).get(bytes);
            for (int i = 0; i <= random.nextInt(3); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                RecordCodec.decode((byte) (9 + random.nextInt(2)), ByteBuffer.wrap(bytes));
            } catch (MalformedRecordException expected) {
                assertThat(expected).hasMessageContaining(" ");
            }
        }
    }

    @Test
    void shouldAddLittleToAMessage() {
        Message message =
                plain().body((byte) 24, false, new byte[1024]).persistent(true).build();
        ByteBuffer added = encode(new MessageAdded(1_000_000, message));
        ByteBuffer removed = encode(new MessagesRemoved(ORDERS, new long[] {1_000_000}));
        assertThat(added.remaining() + removed.remaining()).isLessThan(1024 + 96);
    }

    @Test
    void shouldRefuseEveryCutRecord() {
        ByteBuffer bytes = encode(new MessageAdded(1, full()));
        for (int length = 0; length < bytes.limit(); length++) {
            ByteBuffer cut = bytes.duplicate().limit(length);
            assertThatThrownBy(() -> RecordCodec.decode(Record.Type.MESSAGE_ADDED.code(), cut))
                    .isInstanceOf(MalformedRecordException.class);
        }
    }

    @Test
    void shouldRefuseOrReadDamagedBytesButNothingElse() {
        Random random = new Random(42);
        byte[] bytes = new byte[encode(new MessageAdded(1, full())).remaining()];
        for (int round = 0; round < 20_000; round++) {
            encode(new MessageAdded(1, full())).get(bytes);
            for (int i = 0; i <= random.nextInt(3); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                RecordCodec.decode((byte) (1 + random.nextInt(6)), ByteBuffer.wrap(bytes));
            } catch (MalformedRecordException expected) {
                assertThat(expected).hasMessageContaining(" ");
            }
        }
    }

    @Test
    void shouldRefuseUnknownTypesVersionsAndTrailingBytes() {
        byte[] clean = {RecordCodec.VERSION, 2};
        for (byte type : new byte[] {-1, 0, 99}) {
            assertThatThrownBy(() -> RecordCodec.decode(type, ByteBuffer.wrap(clean)))
                    .isInstanceOf(MalformedRecordException.class);
        }
        for (byte[] bytes : new byte[][] {{2, 2}, {0, 2}, {1, 2, 0}, {}}) {
            assertThatThrownBy(() -> RecordCodec.decode((byte) 6, ByteBuffer.wrap(bytes)))
                    .isInstanceOf(MalformedRecordException.class);
        }
        assertThat(RecordCodec.decode((byte) 6, ByteBuffer.wrap(clean))).isEqualTo(new StoppedCleanly(1));
    }

    private static Message.Builder plain() {
        ProducerId producer = new ProducerId("ID:host-12345-1700000000000-1:1", 1, 1);
        return Message.builder(new MessageId(producer, 77), ORDERS)
                .timestampMs(1_700_000_000_000L)
                .arrivalMs(1_700_000_000_001L);
    }

    private static Message full() {
        MessageId id = new MessageId(new ProducerId("ID:host-ü", -1, Long.MAX_VALUE), Long.MIN_VALUE, "ID:legacy");
        return Message.builder(id, DestinationName.topic("PRICES.日本"))
                .originalDestination(DestinationName.queue("A,B"))
                .replyTo(new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:host:1"))
                .correlationId("")
                .type("order")
                .group("g", -1)
                .userId("alice")
                .persistent(true)
                .priority((byte) -7)
                .timestampMs(-1)
                .expirationMs(Long.MAX_VALUE)
                .arrivalMs(3)
                .body((byte) 28, true, new byte[] {1, 2, 3})
                .properties(new byte[] {4})
                .extras(new byte[] {5, 6})
                .annotations(Map.of("s", "text", "l", 1L << 40, "i", -5, "t", true, "f", false))
                .build();
    }

    private static Record roundTrip(Record record) {
        return RecordCodec.decode(record.type().code(), encode(record));
    }

    private static ByteBuffer encode(Record record) {
        ByteBuffer buffer = ByteBuffer.allocate(RecordCodec.maxLength(record));
        RecordCodec.encode(record, buffer);
        return buffer.flip();
    }
}
