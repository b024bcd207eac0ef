package io.ferrymq.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecordOutlineTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final MessageId ID = new MessageId(new ProducerId("ID:a", 1, 2), 3);
    private static final Message MESSAGE =
            Message.builder(ID, ORDERS).body((byte) 1, false, new byte[500]).build();

    @Test
    void shouldNameAMessageFromItsFirstBytes() {
        ByteBuffer bytes = encoded(new Record.MessageAdded(7, MESSAGE));
        assertThat(RecordOutline.of((byte) 1, bytes)).contains("queue://ORDERS ID:a:1:2:3");
        assertThat(RecordOutline.of((byte) 1, bytes.slice(0, 60))).contains("queue://ORDERS ID:a:1:2:3");
        assertThat(RecordOutline.of((byte) 1, bytes.slice(0, 10))).isEmpty();
    }

    @Test
    void shouldNameTheDestinationOfOtherRecords() {
        assertThat(RecordOutline.of((byte) 2, encoded(new Record.MessagesRemoved(ORDERS, new long[] {1}))))
                .contains("queue://ORDERS");
        assertThat(RecordOutline.of((byte) 4, encoded(new Record.DestinationAdded(ORDERS))))
                .contains("queue://ORDERS");
        assertThat(RecordOutline.of((byte) 6, encoded(new Record.StoppedCleanly(3))))
                .isEmpty();
    }

    @Test
    void shouldStayOnOneLine() {
        DestinationName odd = DestinationName.queue("A\nERROR B");
        assertThat(RecordOutline.of((byte) 4, encoded(new Record.DestinationAdded(odd))))
                .contains("queue://A?ERROR B");
        DestinationName huge = DestinationName.queue("A".repeat(10_000));
        assertThat(RecordOutline.of((byte) 4, encoded(new Record.DestinationAdded(huge)))
                        .orElseThrow())
                .hasSizeLessThan(400);
    }

    @Test
    void shouldNeverThrow() {
        Random random = new Random(2);
        ByteBuffer whole = encoded(new Record.MessageAdded(7, MESSAGE));
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(whole.limit())];
            whole.get(0, bytes);
            for (int i = 0; i < 4 && bytes.length > 0; i++) {
                bytes[random.nextInt(Math.min(40, bytes.length))] = (byte) random.nextInt();
            }
            byte type = (byte) random.nextInt(16);
            assertThatCode(() -> RecordOutline.of(type, ByteBuffer.wrap(bytes))).doesNotThrowAnyException();
        }
    }

    private static ByteBuffer encoded(Record record) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordCodec.maxLength(record));
        RecordCodec.encode(record, bytes);
        return bytes.flip();
    }
}
