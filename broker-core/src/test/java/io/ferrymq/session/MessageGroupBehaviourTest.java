package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.ConsumerId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets the messages of a group (JMSXGroupID, JMSXGroupSeq), and for how long: ActiveMQ's rules. */
class MessageGroupBehaviourTest {
    private static final int PLENTY = 100;

    private final GroupedQueue queue = new GroupedQueue(Bench.bench());

    @Test
    void shouldGiveAGroupToOneConsumerAndSayWhereItBegins() {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A B A B B A");
        assertThat(queue.got(one)).isEqualTo("1! 2 4 7");
        assertThat(queue.got(two)).isEqualTo("3! 5 6");
    }

    @Test
    void shouldGiveAQueueThatWaitedInTheSameWay() {
        queue.send("A A B A B C B A");
        ConsumerId one = queue.consume(3);
        assertThat(queue.got(one)).isEqualTo("1! 2 3!");
        ConsumerId two = queue.consume(PLENTY);
        assertThat(queue.got(two)).isEqualTo("6!");
        queue.ackAll(one);
        assertThat(queue.got(one)).isEqualTo("1! 2 3! 4 5 7 8");
    }

    /** A negative one finds nobody to take the group from: it begins it like any other. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 1_000, -1, -7, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldOpenAGroupWithWhateverSequence(int sequence) {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A:" + sequence + " A A");
        assertThat(queue.got(one)).isEqualTo("1! 2 3");
        assertThat(queue.got(two)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 7, Integer.MAX_VALUE})
    void shouldGoOnWhateverTheSequenceIfItIsNotOneAndNotNegative(int sequence) {
        ConsumerId one = queue.consume(PLENTY);
        queue.consume(PLENTY);
        queue.send("A:5 A:" + sequence + " A:4");
        assertThat(queue.got(one)).isEqualTo("1! 2 3");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -2, Integer.MIN_VALUE})
    void shouldEndAGroupAfterAMessageWithANegativeSequence(int sequence) {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A:" + sequence + " A A");
        assertThat(queue.got(one)).isEqualTo("1! 2");
        assertThat(queue.got(two)).isEqualTo("3! 4");
    }

    /** It has a group less and is again the first to get one. */
    @Test
    void shouldCountAGroupNoLongerThatHasEnded() {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A B A:-1 C D");
        assertThat(queue.got(one)).isEqualTo("1! 3 4!");
        assertThat(queue.got(two)).isEqualTo("2! 5!");
    }

    @Test
    void shouldLookForAConsumerAnewWithSequenceOne() {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A:1 A");
        assertThat(queue.got(one)).isEqualTo("1! 2");
        assertThat(queue.got(two)).isEqualTo("3! 4");
    }

    /** In ActiveMQ the old one goes on counting it; here it does not. */
    @Test
    void shouldCountAGroupNoLongerThatHasMoved() {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A:1 B");
        assertThat(queue.got(one)).isEqualTo("1! 3!");
        assertThat(queue.got(two)).isEqualTo("2!");
    }

    @Test
    void shouldBeginAgainWithSequenceOneForTheOnlyConsumer() {
        ConsumerId one = queue.consume(PLENTY);
        queue.send("A:1 A A:1 A:-1 A:1");
        assertThat(queue.got(one)).isEqualTo("1! 2 3! 4 5!");
    }

    @Test
    void shouldNotMoveAGroupWhoseConsumerHasNoCredit() {
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A:-1 B");
        assertThat(queue.got(one)).isEqualTo("1!");
        assertThat(queue.got(two)).isEqualTo("4!");
        queue.ack(one, 1);
        queue.ack(one, 2);
        assertThat(queue.got(one)).isEqualTo("1! 2 3");
    }

    @Test
    void shouldMoveAGroupWhoseConsumerHasNoCreditWithSequenceOne() {
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A:1 A");
        assertThat(queue.got(one)).isEqualTo("1!");
        assertThat(queue.got(two)).isEqualTo("2! 3");
    }

    /** What waited for the old one is the new one's: ActiveMQ offers all that is pending again and again. */
    @Test
    void shouldGiveTheNewConsumerWhatWaitedForTheOneBefore() {
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A:1");
        assertThat(queue.got(one)).isEqualTo("1!");
        assertThat(queue.got(two)).isEqualTo("3! 2");
    }

    /** The one that ended the group has no credit left; what is behind is not its any more. */
    @Test
    void shouldGiveOthersWhatWaitsBehindTheEndOfAGroup() {
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A:-1 A A");
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1! 2");
        assertThat(queue.got(two)).isEqualTo("3! 4");
    }

    @Test
    void shouldGiveNewGroupsInTurnToThoseWithAsFew() {
        List<ConsumerId> consumers = List.of(queue.consume(PLENTY), queue.consume(PLENTY), queue.consume(PLENTY));
        queue.send("A B C D E F A B C D E F");
        assertThat(consumers.stream().map(queue::got)).containsExactly("1! 4! 7 10", "2! 5! 8 11", "3! 6! 9 12");
    }

    @Test
    void shouldPreferALateConsumerForNewGroupsButLeaveTheOldOnesWhereTheyAre() {
        ConsumerId early = queue.consume(PLENTY);
        queue.send("A B");
        ConsumerId late = queue.consume(PLENTY);
        queue.send("A B C D E");
        assertThat(queue.got(early)).isEqualTo("1! 2! 3 4 7!");
        assertThat(queue.got(late)).isEqualTo("5! 6!");
    }

    @Test
    void shouldGiveNewGroupsToTheHighestPriorityHoweverManyItHas() {
        ConsumerId low = queue.consume(PLENTY, 0);
        ConsumerId high = queue.consume(PLENTY, 7);
        queue.send("A B C A");
        assertThat(queue.got(high)).isEqualTo("1! 2! 3! 4");
        assertThat(queue.got(low)).isEmpty();
    }

    @Test
    void shouldNotWaitForAConsumerOfHigherPriorityThatHasNoCredit() {
        ConsumerId low = queue.consume(PLENTY, 0);
        ConsumerId high = queue.consume(1, 7);
        queue.send("A B A");
        assertThat(queue.got(low)).isEqualTo("2!");
        queue.ackAll(high);
        assertThat(queue.got(high)).isEqualTo("1! 3");
        queue.send("B");
        assertThat(queue.got(low)).isEqualTo("2! 4");
    }

    @Test
    void shouldNotGiveAGroupToOneWithFewerThatHasNoCredit() {
        ConsumerId few = queue.consume(1);
        ConsumerId many = queue.consume(PLENTY);
        queue.send("- A B");
        assertThat(queue.got(few)).isEqualTo("1");
        assertThat(queue.got(many)).isEqualTo("2! 3!");
    }

    @Test
    void shouldGiveAGroupToThoseOnlyWhoSelectItsMessage() {
        ConsumerId blue = queue.select(PLENTY, "blue");
        ConsumerId red = queue.select(PLENTY, "red");
        queue.send("A/blue B/red C/blue D/green");
        assertThat(queue.got(blue)).isEqualTo("1! 3!");
        assertThat(queue.got(red)).isEqualTo("2!");
    }

    /** As in ActiveMQ: nobody else may have it while the group is open. */
    @Test
    void shouldKeepAMessageOfAGroupThatItsConsumerDoesNotSelectUntilThatIsGone() {
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        ConsumerId any = queue.consume(PLENTY);
        queue.send("A/blue A/red A/blue B/red");
        assertThat(queue.got(blue)).isEqualTo("1! 3");
        assertThat(queue.got(any)).isEqualTo("4!");
        queue.ackAll(blue);
        queue.close(blue);
        assertThat(queue.got(any)).isEqualTo("4! 2!");
    }

    @Test
    void shouldGiveOthersWhatItsConsumerDidNotSelectWhenTheGroupEnds() {
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        ConsumerId any = queue.consume(PLENTY);
        queue.send("A/blue A/red A:-1/blue");
        assertThat(queue.got(blue)).isEqualTo("1! 3");
        assertThat(queue.got(any)).isEqualTo("2!");
    }

    @Test
    void shouldGiveTheNewConsumerWhatTheOneBeforeDidNotSelect() {
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        ConsumerId any = queue.consume(PLENTY);
        queue.send("A/blue A/red A:1/red");
        assertThat(queue.got(blue)).isEqualTo("1!");
        assertThat(queue.got(any)).isEqualTo("3! 2");
    }

    @Test
    void shouldGiveHigherPrioritiesOfAGroupFirst() {
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A*4 A*4 A*9 A*0 B*4 A*9");
        queue.ackAll(one);
        assertThat(queue.got(one)).isEqualTo("1! 3 6 2 4");
        assertThat(queue.got(two)).isEqualTo("5!");
    }

    @Test
    void shouldGiveUngroupedMessagesToWhoeverHasCredit() {
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A - A - A -");
        assertThat(queue.got(one)).isEqualTo("1!");
        assertThat(queue.got(two)).isEqualTo("2 4 6");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "A:1", "B"})
    void shouldGiveTheOnlyConsumerEverythingInOrder(String between) {
        ConsumerId blue = queue.select(1, "blue");
        queue.send("A/blue " + between + "/blue A/blue B/blue");
        queue.ackAll(blue);
        assertThat(queue.client.received(blue)).containsExactly(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "A:1", "B"})
    void shouldGiveTheOnlyConsumerInOrderWhatCameBack(String between) {
        ConsumerId gone = queue.consume(PLENTY);
        queue.send("A " + between + " A B");
        ConsumerId next = queue.consume(1);
        queue.close(gone);
        queue.ackAll(next);
        assertThat(queue.client.received(next)).containsExactly(1L, 2L, 3L, 4L);
    }

    /** A message without a group never says that it begins one, whatever its sequence. */
    @Test
    void shouldTakeNoNoticeOfTheSequenceOfAMessageWithoutAGroup() {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("-:1 -:1 -:-1 -:2");
        assertThat(queue.got(one)).isEqualTo("1 3");
        assertThat(queue.got(two)).isEqualTo("2 4");
    }

    /** It is for messages without a group that one of them may get several in a row. */
    @Test
    void shouldGiveNewGroupsInTurnToConsumersThatAreQuick() {
        List<ConsumerId> consumers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            consumers.add(queue.consume(PLENTY));
        }
        for (int i = 0; i < 8; i++) {
            queue.send("- - - -");
            consumers.forEach(queue::ackAll);
        }
        queue.client.deliveries.clear();
        queue.send("A A:-1 B B:-1 C C:-1 D D:-1");
        assertThat(consumers).allSatisfy(consumer -> assertThat(queue.client.received(consumer))
                .hasSize(2));
    }
}
