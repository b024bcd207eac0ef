package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private final Receipts first = new Receipts(2);
    private final Receipts second = new Receipts(2);
    private final List<Receipts> both = List.of(first, second);

    @Test
    void shouldFindNothingWrongWhenConsumersOfAQueueShareAllMessages() {
        first.add(0, 0);
        second.add(0, 1);
        second.add(1, 0);

        Verdict verdict = Verdict.of(new long[] {2, 1}, both, false);

        assertThat(verdict.problem()).isEmpty();
        assertThat(verdict.expected()).isEqualTo(3);
        assertThat(verdict.received()).isEqualTo(3);
    }

    @Test
    void shouldTellALostMessageThoughTheTotalsAgree() {
        first.add(0, 0);
        first.add(0, 0);

        Verdict verdict = Verdict.of(new long[] {2, 0}, both, false);

        assertThat(verdict.problem())
                .isEqualTo("messages do not add up: expected=2, received=2, lost=1, duplicated=1, never sent=0");
    }

    @Test
    void shouldTellAMessageThatTwoConsumersOfAQueueReceived() {
        first.add(1, 0);
        second.add(1, 0);

        assertThat(Verdict.of(new long[] {0, 1}, both, false).duplicated()).isEqualTo(1);
    }

    @Test
    void shouldWantEveryMessageAtEveryConsumerOfATopic() {
        first.add(0, 0);
        second.add(0, 0);
        first.add(0, 1);

        Verdict verdict = Verdict.of(new long[] {2, 0}, both, true);

        assertThat(verdict.expected()).isEqualTo(4);
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.duplicated()).isZero();
    }

    @Test
    void shouldTellAMessageThatNobodyConfirmedToHaveSent() {
        first.add(0, 0);
        first.add(0, 1);

        assertThat(Verdict.of(new long[] {1, 0}, both, false).unsent()).isEqualTo(1);
    }
}
