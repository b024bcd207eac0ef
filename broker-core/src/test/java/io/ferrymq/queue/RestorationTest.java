package io.ferrymq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import org.junit.jupiter.api.Test;

class RestorationTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final int TOLD = 4;
    private static final int OWN = 9;

    private final Backlog backlog = new Backlog(true);
    private final Restoration restoration = new Restoration(backlog, () -> {});

    private static Message message(long sequence) {
        MessageId id = new MessageId(new ProducerId("ID:producer", 1, 1), sequence);
        return Message.builder(id, ORDERS).priority((byte) OWN).build();
    }

    /** The second one out of order, so that it is put aside; both with the priority that a backlog without priorities tells. */
    private void tellTwoAndOne() {
        restoration.add(new Record.MessagesWaiting(
                ORDERS,
                new long[] {2, 1},
                new long[] {12, 11},
                new int[] {TOLD, TOLD},
                new int[] {100, 100},
                new int[] {0, 0},
                new int[] {0, 0}));
    }

    @Test
    void shouldFindOneThatWasWrittenAgainWhicheverPriorityWasTold() {
        tellTwoAndOne();
        assertThat(restoration.moved(message(1), 1, 20, 3)).isEqualTo(11);
        assertThat(restoration.moved(message(2), 2, 21, 0)).isEqualTo(12);
        restoration.finish();
        assertThat(backlog.size()).isEqualTo(2);
        assertThat(backlog.absent(backlog.find(1))).isEqualTo(new Absent(1, 20, 100, 0, 3));
        assertThat(backlog.absent(backlog.find(2)).lsn()).isEqualTo(21);
    }

    @Test
    void shouldTakeOutOneThatWasWrittenAgain() {
        tellTwoAndOne();
        restoration.moved(message(1), 1, 20, 0);
        assertThat(restoration.remove(1)).isEqualTo(new Restoration.Left(20, 0));
        assertThat(restoration.moved(message(1), 1, 22, 0)).isZero();
        restoration.finish();
        assertThat(backlog.size()).isEqualTo(1);
    }
}
