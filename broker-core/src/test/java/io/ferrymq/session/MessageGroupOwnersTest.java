package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.policy.DestinationPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many groups are remembered, what an exclusive consumer means for them, and consumers that wait for one another. */
class MessageGroupOwnersTest {
    private static final int PLENTY = 100;

    private GroupedQueue queue = new GroupedQueue(Bench.bench());

    private void remember(int groups) {
        queue = GroupedQueue.with(GroupedQueue.policy().messageGroupCacheSize(groups));
    }

    @Test
    void shouldForgetTheGroupThatWasUsedLongestAgo() {
        remember(2);
        ConsumerId one = queue.consume(PLENTY);
        queue.send("A B A C");
        queue.ack(one, 1, 2, 3, 4);
        queue.send("A D");
        queue.ackAll(one);
        queue.send("D A B");
        assertThat(queue.got(one)).isEqualTo("1! 2! 3 4! 5 6! 7 8 9!");
    }

    @Test
    void shouldCountAGroupNoLongerThatIsForgotten() {
        remember(2);
        ConsumerId one = queue.consume(PLENTY);
        queue.send("A B");
        queue.ackAll(one);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("C");
        queue.ackAll(two);
        queue.send("D A");
        assertThat(queue.got(one)).isEqualTo("1! 2! 4!");
        assertThat(queue.got(two)).isEqualTo("3! 5!");
    }

    @Test
    void shouldForgetNoGroupOfWhichAConsumerHasMessages() {
        remember(2);
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A B C D E F A B C D E F");
        assertThat(queue.got(one)).isEqualTo("1! 3! 5! 7 9 11");
        assertThat(queue.got(two)).isEqualTo("2! 4! 6! 8 10 12");
    }

    @Test
    void shouldForgetNoGroupOfWhichMessagesWait() {
        remember(1);
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A B");
        queue.ackAll(two);
        queue.send("C D");
        queue.ackAll(two);
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1! 2");
        assertThat(queue.got(two)).isEqualTo("4! 5! 6!");
    }

    @Test
    void shouldForgetNoGroupOfWhichItsConsumerDoesNotSelectSomething() {
        remember(1);
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        ConsumerId any = queue.consume(PLENTY);
        queue.send("A/blue A/red");
        queue.ackAll(blue);
        queue.send("B/red");
        queue.ackAll(any);
        queue.send("C/red A/blue");
        assertThat(queue.got(any)).isEqualTo("3! 4!");
        assertThat(queue.got(blue)).isEqualTo("1! 5");
    }

    /** Else each group that ever had such a message would be remembered as long as its consumer is there. */
    @Test
    void shouldForgetAGroupWhenWhatItsConsumerDoesNotSelectHasExpired() {
        remember(1);
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        queue.send("A/blue");
        queue.expireAt(queue.bench.epochMs() + 1_000);
        queue.send("A/red");
        queue.expireAt(0);
        queue.bench.advance(10_000);
        queue.ackAll(blue);
        queue.send("B/blue A/blue");
        assertThat(queue.got(blue)).isEqualTo("1! 3! 4!");
    }

    @Test
    void shouldRememberAThousandGroupsAndALittleMore() {
        ConsumerId one = queue.consume(PLENTY * 100);
        for (int i = 1; i <= 1_025; i++) {
            queue.sendLater("G" + i);
        }
        queue.bench.run();
        queue.ackAll(one);
        queue.send("G1025 G2 G3 G1");
        assertThat(queue.got(one)).endsWith(" 1024! 1025! 1026 1027 1028 1029");
        queue.ackAll(one);
        queue.send("NEW");
        queue.ackAll(one);
        queue.send("G4");
        assertThat(queue.got(one)).endsWith(" 1030! 1031!");
    }

    @Test
    void shouldTakeNoNoticeOfGroupsWhereThePolicySaysSo() {
        remember(0);
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A:-1 A:1");
        assertThat(queue.got(one)).isEqualTo("1 3");
        assertThat(queue.got(two)).isEqualTo("2 4");
    }

    @Test
    void shouldGiveAnExclusiveConsumerEverything() {
        ConsumerId one = queue.consume(1);
        queue.send("A A B");
        ConsumerId exclusive = queue.exclusive(PLENTY);
        queue.send("A C");
        assertThat(queue.client.received(exclusive)).containsExactly(2L, 3L, 4L, 5L);
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1!");
    }

    @Test
    void shouldAssignGroupsAnewWhenAnExclusiveConsumerHasGone() {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A B");
        queue.ackAll(one);
        queue.ackAll(two);
        ConsumerId exclusive = queue.exclusive(2);
        queue.send("B B B A");
        assertThat(queue.client.received(exclusive)).containsExactly(3L, 4L);
        queue.close(exclusive);
        assertThat(queue.got(one)).isEqualTo("1! 3! 4 5");
        assertThat(queue.got(two)).isEqualTo("2! 6!");
    }

    @Test
    void shouldGiveNobodyElseWhatAnExclusiveConsumerHasNoCreditFor() {
        ConsumerId one = queue.consume(1);
        queue.send("A A");
        ConsumerId exclusive = queue.exclusive(1);
        queue.send("A B");
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1!");
        assertThat(queue.client.received(exclusive)).containsExactly(2L);
        queue.ackAll(exclusive);
        assertThat(queue.client.received(exclusive)).containsExactly(2L, 3L, 4L);
    }

    /** What the exclusive consumer acknowledges is not what the one before still has. */
    @Test
    void shouldNotForgetAGroupOfWhichOneHasMessagesBecauseAnExclusiveConsumerHadOthers() {
        remember(1);
        ConsumerId one = queue.consume(PLENTY);
        queue.send("A");
        ConsumerId exclusive = queue.exclusive(1);
        queue.send("A A");
        queue.ack(exclusive, 2);
        queue.close(exclusive);
        assertThat(queue.got(one)).isEqualTo("1! 3!");
        queue.ack(one, 1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("B A");
        assertThat(queue.got(one)).isEqualTo("1! 3! 5");
        assertThat(queue.got(two)).isEqualTo("4!");
    }

    /** Others want what it does not select, but have to wait until it is gone; that holds up nothing. */
    @Test
    void shouldGiveAnExclusiveConsumerWhatItSelectsBehindWhatItDoesNot() {
        ConsumerId one = queue.consume(1, 9);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A/blue A/red");
        ConsumerId exclusive = queue.client.nextConsumer();
        queue.client.subscribe(
                new ConsumerSpec(exclusive, GroupedQueue.NAME, PLENTY, 0, false, false, true, "colour = 'red'"));
        assertThat(queue.got(exclusive)).isEqualTo("3!");
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1!");
        queue.close(exclusive);
        queue.ackAll(one);
        assertThat(queue.got(one)).isEqualTo("1! 2! 3");
        assertThat(queue.got(two)).isEmpty();
    }

    /** What was offered to all before it came is none of its business. */
    @Test
    void shouldGiveAnExclusiveConsumerWhatItSelectsOfAGroupThatNobodyHas() {
        ConsumerId gone = queue.consume(1, 8);
        ConsumerId full = queue.consume(2);
        queue.send("A - A/blue A/red - -*9");
        queue.ack(gone, 1);
        assertThat(queue.got(gone)).isEqualTo("1! 6");
        queue.close(gone);
        ConsumerId exclusive = queue.client.nextConsumer();
        queue.client.subscribe(
                new ConsumerSpec(exclusive, GroupedQueue.NAME, PLENTY, 0, false, false, true, "colour = 'red'"));
        assertThat(queue.got(exclusive)).isEqualTo("4!");
        assertThat(queue.got(full)).isEqualTo("2 5");
    }

    @Test
    void shouldSayWhereAGroupBeginsForAnExclusiveConsumerToo() {
        ConsumerId one = queue.consume(PLENTY);
        queue.send("A");
        ConsumerId exclusive = queue.exclusive(PLENTY);
        queue.send("A B A");
        queue.ackAll(one);
        queue.close(exclusive);
        assertThat(queue.got(exclusive)).isEqualTo("2! 3! 4");
        assertThat(queue.got(one)).isEqualTo("1! 2! 3! 4");
    }

    /** When nobody has the queue for itself any more, priorities count again. */
    @Test
    void shouldPreferTheHigherPriorityWhenAnExclusiveConsumerHasGoneWhateverIsSelected() {
        ConsumerId any = queue.consume(PLENTY);
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        ConsumerId exclusive = queue.exclusive(1);
        queue.send("A/blue B/blue -/blue C/red");
        queue.close(exclusive);
        assertThat(queue.got(blue)).isEqualTo("1! 2! 3");
        assertThat(queue.got(any)).isEqualTo("4!");
    }

    private void waitFor(DestinationPolicy.Builder policy) {
        queue = GroupedQueue.with(policy);
    }

    @Test
    void shouldSpreadGroupsThatWaitedOverAllThatWereWaitedFor() {
        waitFor(GroupedQueue.policy().consumersBeforeDispatchStarts(3));
        queue.send("A B C A B C A B C");
        List<ConsumerId> consumers = List.of(queue.consume(1), queue.consume(1), queue.consume(1));
        consumers.forEach(queue::ackAll);
        assertThat(consumers.stream().map(queue::got)).containsExactly("1! 4 7", "2! 5 8", "3! 6 9");
    }

    /** They are equals, whatever they select, as long as that is the message. */
    @Test
    void shouldSpreadGroupsThatWaitedOverThoseWhoSelectToo() {
        waitFor(GroupedQueue.policy().consumersBeforeDispatchStarts(2));
        queue.send("A/blue B/blue C/blue D/blue");
        ConsumerId any = queue.consume(PLENTY);
        ConsumerId blue = queue.select(PLENTY, "blue");
        assertThat(queue.client.received(any)).hasSize(2);
        assertThat(queue.client.received(blue)).hasSize(2);
    }

    @Test
    void shouldPreferTheHigherPriorityAmongThoseThatWereWaitedForWhateverTheySelect() {
        waitFor(GroupedQueue.policy().consumersBeforeDispatchStarts(2));
        queue.send("-/blue A/blue -/red");
        ConsumerId any = queue.consume(PLENTY);
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        assertThat(queue.got(blue)).isEqualTo("1 2!");
        assertThat(queue.got(any)).isEqualTo("3");
    }

    @Test
    void shouldKeepTheOrderForOneThatSelectsWhenWhatWaitedIsLetGo() {
        waitFor(GroupedQueue.policy().consumersBeforeDispatchStarts(2));
        queue.send("A/blue A/blue B/blue -/blue B/blue A/blue");
        ConsumerId any = queue.consume(PLENTY);
        ConsumerId blue = queue.select(PLENTY, 5, "colour = 'blue'");
        assertThat(queue.got(blue)).isEqualTo("1! 2 3! 4 5 6");
        assertThat(queue.got(any)).isEmpty();
    }

    /** It is the same when one goes and what waited for it is there for others. */
    @Test
    void shouldSpreadWhatWaitedForOneThatIsGoneOverThoseWhoSelectToo() {
        ConsumerId gone = queue.consume(4);
        queue.send("A/blue B/blue C/blue D/blue A/blue B/blue C/blue D/blue");
        ConsumerId any = queue.consume(PLENTY);
        ConsumerId blue = queue.select(PLENTY, "blue");
        queue.client.commit(queue.take(gone, 1, 2, 3, 4));
        queue.client.deliveries.removeIf(one -> one.consumer().equals(gone));
        queue.close(gone);
        assertThat(queue.client.received(any)).hasSize(2);
        assertThat(queue.client.received(blue)).hasSize(2);
    }
}
