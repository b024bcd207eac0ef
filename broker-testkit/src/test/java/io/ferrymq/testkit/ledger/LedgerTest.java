package io.ferrymq.testkit.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void shouldBeCleanWhenEverythingAckedWasSeenOnceInOrder() {
        acked(1, 2, 3);
        seen("c", 1, 2, 3);

        Verdict verdict = ledger.verdict();

        assertThat(verdict.clean()).isTrue();
        assertThat(verdict.totals()).isEqualTo(new Verdict.Totals(3, 0, 0, 3, 3));
        assertThat(verdict.duplicates()).isEmpty();
    }

    @Test
    void shouldBeCleanWhenNothingHappened() {
        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldCallAnAckedMessageLostWhenNobodySawIt() {
        acked(1, 2);
        seen("c", 1);

        assertThat(ledger.verdict().lost()).containsExactly(new MessageKey("p", 2));
        assertThat(ledger.verdict().clean()).isFalse();
    }

    @Test
    void shouldNotMissAMessageWhoseOutcomeIsUnknown() {
        ledger.sent("p", 1, Outcome.UNKNOWN);

        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldNotMissAMessageThatWasRefused() {
        ledger.sent("p", 1, Outcome.FAILED);

        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldFindAMessageUnexpectedWhenNobodySentItOrTheBrokerRefusedIt() {
        ledger.sent("p", 1, Outcome.FAILED);
        seen("c", 1, 2);

        assertThat(ledger.verdict().unexpected()).containsExactly(new MessageKey("p", 1), new MessageKey("p", 2));
        assertThat(ledger.verdict().clean()).isFalse();
    }

    @Test
    void shouldForgiveARepetitionThatIsFlagged() {
        acked(1);
        ledger.seen("c", "p", 1, false);
        ledger.seen("d", "p", 1, true);

        assertThat(ledger.verdict().duplicates()).containsExactly(new MessageKey("p", 1));
        assertThat(ledger.verdict().unflaggedDuplicates()).isEmpty();
        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldForgiveARepetitionEnteredBeforeTheFirstDelivery() {
        acked(1);
        ledger.seen("d", "p", 1, true);
        ledger.seen("c", "p", 1, false);

        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldReportARepetitionThatIsNotFlagged() {
        acked(1);
        seen("c", 1);
        seen("d", 1);

        assertThat(ledger.verdict().unflaggedDuplicates()).containsExactly(new MessageKey("p", 1));
        assertThat(ledger.verdict().clean()).isFalse();
    }

    @Test
    void shouldForgiveARepetitionOfASendInDoubt() {
        ledger.sent("p", 1, Outcome.UNKNOWN);
        seen("c", 1);
        seen("d", 1);

        assertThat(ledger.verdict().duplicates()).hasSize(1);
        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldReportAFirstDeliveryAfterALaterMessage() {
        acked(1, 2, 3);
        seen("c", 1, 3, 2);

        assertThat(ledger.verdict().orderViolations())
                .containsExactly(new OrderViolation("c", new MessageKey("p", 2), new MessageKey("p", 3)));
        assertThat(ledger.verdict().clean()).isFalse();
    }

    @Test
    void shouldNotAskOrderOfRedeliveries() {
        acked(1, 2);
        seen("c", 2);
        ledger.seen("c", "p", 1, true);

        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldNotAskOrderBetweenConsumersOrProducers() {
        acked(1, 2);
        ledger.sent("q", 1, Outcome.ACKED);
        seen("c", 2);
        seen("d", 1);
        ledger.seen("c", "q", 1, false);

        assertThat(ledger.verdict().clean()).isTrue();
    }

    @Test
    void shouldRefuseAProducerThatCountsWrong() {
        acked(1, 1);

        assertThatThrownBy(ledger::verdict)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("p#1");
    }

    @Test
    void shouldReportInLinesForPeople() {
        for (int sequence = 1; sequence <= 12; sequence++) {
            acked(sequence);
        }
        seen("c", 13);

        assertThat(ledger.verdict().report().lines())
                .containsExactly(
                        "LEDGER NOT CLEAN",
                        "  sends: acked=12, unknown=0, failed=0",
                        "  seen: messages=1, deliveries=1",
                        "  lost: 12 [p#1, p#2, p#3, p#4, p#5, p#6, p#7, p#8, p#9, p#10] ...",
                        "  unexpected: 1 [p#13]",
                        "  duplicates: 0",
                        "  unflagged duplicates: 0",
                        "  order violations: 0");
    }

    @Test
    void shouldKeepEveryEntryOfManyThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> ends = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            String name = "t" + n;
            ends.add(threads.submit(() -> {
                start.await();
                for (int sequence = 0; sequence < 5_000; sequence++) {
                    ledger.sent(name, sequence, Outcome.ACKED);
                    ledger.seen(name, name, sequence, false);
                }
                return name;
            }));
        }
        start.countDown();
        for (Future<?> end : ends) {
            end.get(20, TimeUnit.SECONDS);
        }
        threads.shutdown();

        assertThat(ledger.verdict().clean()).as(ledger.verdict().report()).isTrue();
        assertThat(ledger.verdict().totals()).isEqualTo(new Verdict.Totals(20_000, 0, 0, 20_000, 20_000));
        assertThat(ledger.sightingCount()).isEqualTo(20_000);
        assertThat(ledger.sendCount()).isEqualTo(20_000);
    }

    private void acked(long... sequences) {
        for (long sequence : sequences) {
            ledger.sent("p", sequence, Outcome.ACKED);
        }
    }

    private void seen(String consumer, long... sequences) {
        for (long sequence : sequences) {
            ledger.seen(consumer, "p", sequence, false);
        }
    }
}
