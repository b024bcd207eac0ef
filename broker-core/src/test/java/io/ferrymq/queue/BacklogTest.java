package io.ferrymq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int LEVEL = 4;
    private static final int MESSAGES = 4 * Chunk.SIZE;
    /** In the second chunk. */
    private static final int PERSISTENT = Chunk.SIZE + 7;

    private final Backlog backlog = new Backlog(false);
    private final List<Long> chunks = new ArrayList<>();

    private QueueEntry add(long sequence, long lsn) {
        MessageId id = new MessageId(new ProducerId("ID:producer", 1, 1), sequence);
        Message message = Message.builder(id, DestinationName.queue("ORDERS")).build();
        QueueEntry entry = new QueueEntry(message, sequence, lsn, 0);
        backlog.add(entry);
        return entry;
    }

    /** The orders that the chunks begin at in which somebody looks for bodies that may leave the heap. */
    private List<Long> lookedThrough() {
        chunks.clear();
        backlog.store(0, place -> {
            chunks.add(Backlog.orderOf(place));
            return false;
        });
        return List.copyOf(chunks);
    }

    @Test
    void shouldNotLookForBodiesAmongTransientMessages() {
        for (int i = 0; i < MESSAGES; i++) {
            add(i + 1, i == PERSISTENT ? 1 : 0);
        }
        assertThat(lookedThrough()).containsExactly((long) Chunk.SIZE);
        assertThat(backlog.isStored(Backlog.place(LEVEL, PERSISTENT))).isTrue();
        assertThat(lookedThrough()).isEmpty();
    }

    @Test
    void shouldLookAgainForBodiesThatAreBack() {
        QueueEntry entry = add(1, 1);
        assertThat(lookedThrough()).hasSize(1);
        long place = Backlog.place(LEVEL, 0);
        backlog.bringBack(place, new QueueEntry(entry.message(), 1, 1, 0));
        assertThat(lookedThrough()).hasSize(1);
        assertThat(backlog.isStored(place)).isTrue();
    }

    @Test
    void shouldLookUntilAMessageThatHasToStayIsGone() {
        QueueEntry dispatched = add(1, 1);
        add(2, 0);
        dispatched.state = QueueEntry.State.DISPATCHED;
        assertThat(lookedThrough()).hasSize(1);
        assertThat(lookedThrough()).hasSize(1);
        backlog.remove(dispatched);
        assertThat(lookedThrough()).isEmpty();
    }

    @Test
    void shouldTellOfEachEntryThatLeavesOnceAndWhileItIsStillThere() {
        List<QueueEntry> left = new ArrayList<>();
        backlog.whenLeaving(entry -> {
            assertThat(entry.state).isEqualTo(QueueEntry.State.READY);
            left.add(entry);
        });
        QueueEntry taken = add(1, 1);
        QueueEntry damaged = add(2, 2);
        add(3, 3);
        backlog.remove(taken);
        backlog.remove(taken);
        backlog.lose(damaged);
        assertThat(left).containsExactly(taken, damaged);
    }
}
