package io.ferrymq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.journal.Record.ProducersSeen.Mark;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was sent before is recognised; what was only overtaken is not taken for it. */
class ProducerAuditTest {
    private static final int SENDS = 2_000;

    private static Message message(long sequence) {
        return Message.builder(new MessageId(new ProducerId("ID:p", 1, 1), sequence), DestinationName.queue("q"))
                .build();
    }

    private static ProducerAudit restored(ProducerAudit before) {
        ProducerAudit after = new ProducerAudit(ProducerAudit.PAIRS);
        before.seen().marks().forEach(after::restore);
        return after;
    }

    @Test
    void shouldKnowWhichOfTheLatestItHasSeenAlsoFromASnapshot() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ProducerAudit audit = new ProducerAudit(ProducerAudit.PAIRS);
        Set<Long> seen = new HashSet<>();
        long newest = 0;
        for (int i = 0; i < SENDS; i++) {
            long sequence = Math.max(1, newest - 70 + random.nextInt(75));
            newest = Math.max(newest, sequence);
            audit.seen(message(sequence));
            seen.add(sequence);
            if (random.nextInt(50) == 0) {
                audit = restored(audit);
            }
            long asked = newest - 80 + random.nextInt(90);
            boolean expected = asked <= newest - Mark.WINDOW || seen.contains(asked);
            assertThat(audit.isDuplicate(message(asked)))
                    .as("seed=%d, step=%d, newest=%d, asked=%d", seed, i, newest, asked)
                    .isEqualTo(expected);
        }
    }

    @Test
    void shouldTakeWhatLiesFarBackForSeen() {
        ProducerAudit audit = new ProducerAudit(ProducerAudit.PAIRS);
        audit.seen(message(1_000));
        assertThat(audit.isDuplicate(message(1_000 - Mark.WINDOW))).isTrue();
        assertThat(audit.isDuplicate(message(1_001 - Mark.WINDOW))).isFalse();
    }

    /** Clients make up their sequences. */
    @Test
    void shouldBearWithSequencesAtBothEnds() {
        ProducerAudit audit = new ProducerAudit(ProducerAudit.PAIRS);
        for (long sequence : new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE}) {
            audit.seen(message(sequence));
            assertThat(audit.isDuplicate(message(sequence))).isTrue();
        }
        assertThat(audit.isDuplicate(message(Long.MAX_VALUE - 1))).isFalse();
        assertThat(audit.isDuplicate(message(Long.MIN_VALUE))).isTrue();
    }

    @Test
    void shouldForgetWhoHasBeenSilentLongest() {
        ProducerAudit audit = new ProducerAudit(1);
        audit.seen(message(5));
        audit.seen(message(5).toBuilder()
                .destination(DestinationName.queue("other"))
                .build());
        assertThat(audit.isDuplicate(message(5))).isFalse();
    }
}
