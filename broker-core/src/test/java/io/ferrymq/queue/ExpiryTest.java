package io.ferrymq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import org.junit.jupiter.api.Test;

class ExpiryTest {
    private static final long NOW_MS = 100_000;
    private static final int CHUNKS = 1_000;
    private static final int MESSAGES = CHUNKS * Chunk.SIZE;
    /** One in so many expires, so in each seventh chunk or so. */
    private static final int SPARSE = 7 * Chunk.SIZE + 1;

    private final Backlog backlog = new Backlog(false);
    private final Expiry expiry = new Expiry(backlog);

    @Test
    void shouldComeToEachChunkOnlyAFewTimesHoweverManyReadsItTakes() {
        int expiring = 0;
        for (int i = 1; i <= MESSAGES; i++) {
            boolean expires = i % SPARSE == 0;
            expiring += expires ? 1 : 0;
            backlog.add(4, new Absent(i, i, 1_000, expires ? 50 : 0, 0));
        }
        expiry.lookAgain();
        int chunks = 0;
        Expiry.Found found = expiry.look(NOW_MS);
        while (!found.absent().isEmpty()) {
            chunks += found.chunks();
            backlog.removeStored(found.absent().get(0));
            expiring--;
            found = expiry.look(NOW_MS);
        }
        chunks += found.chunks();
        assertThat(expiring).isZero();
        assertThat(chunks).isLessThan(6 * CHUNKS);
        assertThat(expiry.look(10 * NOW_MS).chunks()).isZero();
    }

    @Test
    void shouldNotLookAgainBeforeTheNextOneIsDue() {
        add(1, NOW_MS + 20);
        add(2, NOW_MS + 10);
        QueueEntry dispatched = add(3, NOW_MS + 5);
        dispatched.state = QueueEntry.State.DISPATCHED;
        expiry.lookAgain();
        assertThat(expiry.look(NOW_MS + 5).chunks()).isEqualTo(1);
        assertThat(expiry.look(NOW_MS + 9).chunks()).isZero();
        assertThat(expiry.look(NOW_MS + 10).expired())
                .extracting(QueueEntry::sequence)
                .containsExactly(2L);
    }

    @Test
    void shouldFindOneThatAConsumerHasGivenBack() {
        QueueEntry dispatched = add(1, NOW_MS);
        dispatched.state = QueueEntry.State.DISPATCHED;
        assertThat(expiry.look(NOW_MS).expired()).isEmpty();
        dispatched.state = QueueEntry.State.READY;
        expiry.note(dispatched);
        assertThat(expiry.look(NOW_MS).expired()).containsExactly(dispatched);
    }

    private QueueEntry add(long sequence, long expirationMs) {
        MessageId id = new MessageId(new ProducerId("ID:producer", 1, 1), sequence);
        Message message = Message.builder(id, DestinationName.queue("ORDERS"))
                .expirationMs(expirationMs)
                .build();
        QueueEntry entry = new QueueEntry(message, sequence, 0, 0);
        backlog.add(entry);
        expiry.note(entry);
        return entry;
    }
}
