package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of what a consumer had, and of what waited for it, when it is gone: in the heap and in the journal only. */
class MessageGroupReturnTest {
    private static final int PLENTY = 1_000;
    private static final int BODY_BYTES = 2_000;
    /** So many that even a single body leaves the heap at once. */
    private static final int LARGE_BODY_BYTES = 80_000;

    private static GroupedQueue away() {
        return new GroupedQueue(Bench.away(1, Long.MAX_VALUE)).withBodies(BODY_BYTES);
    }

    private static GroupedQueue onHeap() {
        return new GroupedQueue(Bench.bench());
    }

    /** For a few messages. */
    private static GroupedQueue largeOf(boolean away) {
        return away ? away().withBodies(LARGE_BODY_BYTES) : onHeap();
    }

    private static GroupedQueue of(boolean away) {
        return away ? away() : onHeap();
    }

    /** With its numbers from one to another; the first begins the group. */
    private static String run(int first, int last) {
        StringBuilder all = new StringBuilder(first + "!");
        for (int i = first + 1; i <= last; i++) {
            all.append(' ').append(i);
        }
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveWhatWaitedToTheNextWhenItsConsumerEnds(boolean away) {
        GroupedQueue queue = of(away);
        ConsumerId one = queue.consume(3);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A", 400);
        queue.send("B");
        assertThat(queue.got(two)).isEqualTo("401!");
        queue.ack(one, 1, 2);
        queue.close(one);
        assertThat(queue.got(one)).isEqualTo("1! 2 3 4 5");
        assertThat(queue.got(two)).isEqualTo("401! " + run(3, 400));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveWhatWaitedToOneThatSelectsWhenItsConsumerEnds(boolean away) {
        GroupedQueue queue = of(away);
        ConsumerId one = queue.consume(3);
        ConsumerId blue = queue.select(PLENTY, "blue");
        queue.send("A/red");
        queue.send("A/blue", 300);
        queue.send("A/red B/blue");
        assertThat(queue.got(blue)).isEqualTo("303!");
        queue.close(one);
        assertThat(queue.got(blue)).isEqualTo("303! " + run(2, 301));
        ConsumerId three = queue.consume(10);
        assertThat(queue.got(three)).isEmpty();
        queue.close(blue);
        queue.ackAll(three);
        assertThat(queue.got(three).replaceFirst(" ?303!", "").trim()).isEqualTo(run(1, 302));
    }

    /** As if they had been offered one by one: others are not held up by one that has no credit and wants the first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveWhatWaitedForOneThatIsGoneToWhoeverHasCredit(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId gone = queue.consume(1, 9);
        ConsumerId blue = queue.select(1, "blue");
        ConsumerId red = queue.select(PLENTY, "red");
        queue.send("A -/blue -*9");
        queue.ack(gone, 1);
        queue.send("A/blue A/red");
        assertThat(queue.got(gone)).isEqualTo("1! 3");
        assertThat(queue.got(blue)).isEqualTo("2");
        queue.close(gone);
        assertThat(queue.got(red)).isEqualTo("5!");
    }

    /** What comes back is for the one that has the group now, and other groups go on meanwhile. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveWhatComesBackToTheOneThatHasTheGroupNow(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId gone = queue.consume(10);
        ConsumerId next = queue.consume(10);
        queue.send("D D:-1 D A");
        assertThat(queue.got(gone)).isEqualTo("1! 2 4!");
        assertThat(queue.got(next)).isEqualTo("3!");
        queue.ackAll(next);
        queue.close(gone);
        assertThat(queue.got(next)).isEqualTo("3! 1 2 4!");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveWhatComesBackToThoseThatHaveTheGroupsAndToOthers(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId gone = queue.consume(6, 9);
        List<ConsumerId> others = List.of(queue.consume(10), queue.consume(10), queue.consume(10), queue.consume(10));
        queue.send("A:1 D D:-1 A A:-1 - D");
        assertThat(queue.got(gone)).isEqualTo("1! 2! 3 4 5 6");
        others.forEach(queue::ackAll);
        queue.close(gone);
        assertThat(others.stream()
                        .mapToInt(one -> queue.client.received(one).size())
                        .sum())
                .isEqualTo(7);
    }

    /** Behind what waits for another one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveAPullThatIsOpenWhatComesBack(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId full = queue.consume(1, 9);
        ConsumerId pulling = queue.consume(0);
        ConsumerId gone = queue.consume(1, 5);
        queue.client.port().pull(pulling, 0);
        queue.send("A A A -");
        assertThat(queue.got(gone)).isEqualTo("4");
        queue.close(gone);
        assertThat(queue.got(pulling)).isEqualTo("4");
        assertThat(queue.got(full)).isEqualTo("1!");
    }

    /** Both look at what the exclusive consumer left, and one of them has no credit soon. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveEachWhatItSelectsWhenAnExclusiveConsumerHasGone(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId exclusive = queue.exclusive(1);
        ConsumerId plain = queue.consume(2);
        ConsumerId blue = queue.select(PLENTY, "blue");
        queue.send("A/red -/red B/red C/red D/red -/red E/blue F/blue -/blue E/blue");
        assertThat(queue.got(exclusive)).isEqualTo("1!");
        queue.close(exclusive);
        assertThat(queue.client.received(plain)).hasSize(2);
        assertThat(queue.client.received(blue)).hasSizeGreaterThanOrEqualTo(3);
        queue.ackAll(plain);
        assertThat(queue.client.received(plain).size()
                        + queue.client.received(blue).size())
                .isEqualTo(10);
    }

    /** Who selects has to wait until what comes before has been read, and must not be forgotten then. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGoOnForOneThatSelectsWhenWhatComesBeforeIsThere(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId red = queue.select(PLENTY, "red");
        ConsumerId former = queue.consume(1, 5);
        ConsumerId gone = queue.consume(2, 9);
        queue.send("B/green C/green");
        ConsumerId last = queue.consume(2, 4);
        queue.send("A/red");
        assertThat(queue.got(former)).isEqualTo("3!");
        queue.ack(gone, 1, 2);
        queue.send("A:1/red -/red");
        assertThat(queue.got(gone)).isEqualTo("1! 2! 4! 5");
        queue.close(last);
        queue.close(former);
        queue.close(gone);
        assertThat(queue.got(red)).isEqualTo("3! 4! 5");
    }

    /** It looks for a consumer anew, but not before what comes before it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepTheOrderAroundAMessageWithSequenceOneThatComesBack(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId first = queue.consume(1, 8);
        queue.send("A");
        ConsumerId next = queue.consume(PLENTY);
        queue.send("A A");
        ConsumerId gone = queue.consume(1, 9);
        queue.send("A:1 A:-1 A");
        assertThat(queue.got(gone)).isEqualTo("4!");
        queue.close(gone);
        assertThat(queue.got(next)).isEqualTo("2! 3 4! 5 6!");
        assertThat(queue.got(first)).isEqualTo("1!");
    }

    @Test
    void shouldGiveHigherPrioritiesFirstOfAllThatOneLeavesThatIsGone() {
        GroupedQueue queue = onHeap();
        ConsumerId gone = queue.consume(2, 9);
        ConsumerId next = queue.consume(1);
        queue.send("A B A*9");
        assertThat(queue.got(gone)).isEqualTo("1! 2!");
        queue.close(gone);
        queue.ackAll(next);
        assertThat(queue.got(next)).isEqualTo("3! 1 2!");
    }

    /** It is on its way back into the heap then. */
    @Test
    void shouldAnswerAPullOnlyWhenItHasLookedAtWhatWaitedForOneThatIsGone() {
        GroupedQueue queue = largeOf(true);
        ConsumerId gone = queue.consume(1, 9);
        ConsumerId pulling = queue.consume(0);
        queue.send("A -*9");
        queue.ack(gone, 1);
        queue.send("A A*3 A*2 A*1 A*0"); // more chunks than stay in the heap because somebody has just used them
        queue.pull(pulling);
        assertThat(queue.client.nothings).containsExactly(pulling);
        Delivery other = queue.delivery(gone, 2);
        queue.client.ack(AckType.STANDARD, gone, other, other, 1, queue.client.begin(99));
        queue.send("A*0", 5);
        queue.bench.readerIsStuck(true);
        queue.close(gone);
        queue.pull(pulling);
        assertThat(queue.got(pulling)).isEmpty();
        queue.bench.readerIsStuck(false);
        assertThat(queue.got(pulling)).isEqualTo("3!");
        assertThat(queue.client.nothings).containsExactly(pulling);
    }

    /** One that wants everything has no credit any more when it comes to what the other one selects. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGoOnForOneThatSelectsWhenOthersHaveNoCreditAnyMore(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId exclusive = queue.exclusive(1);
        ConsumerId one = queue.consume(5);
        ConsumerId two = queue.consume(1);
        ConsumerId blue = queue.select(5, "blue");
        queue.send("A:2 - - B:1 D/blue D:2/blue A:2/blue B:-1 C - E:2/blue B:-1/blue E/blue -");
        assertThat(queue.got(exclusive)).isEqualTo("1!");
        queue.close(exclusive);
        assertThat(queue.client.received(one)).hasSize(5);
        assertThat(queue.client.received(two)).hasSize(1);
        assertThat(queue.client.received(blue)).contains(11L, 13L);
    }
}
