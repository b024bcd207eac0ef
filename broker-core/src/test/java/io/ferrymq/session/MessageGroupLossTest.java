package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a consumer's groups when it is gone, and in transactions. */
class MessageGroupLossTest {
    private static final int PLENTY = 100;

    private final GroupedQueue queue = new GroupedQueue(Bench.bench());

    @ParameterizedTest
    @CsvSource({"-2,1 1 1", "-1,0 0 0", "1,1 0 0", "2,1 1 0", "12345,0 0 0"})
    void shouldGiveWhatAConsumerLeavesToTheNextInOrder(int lastDelivered, String redeliveries) {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A B A A");
        queue.send("A");
        queue.ack(one, 1);
        long last = lastDelivered == 1 || lastDelivered == 2
                ? queue.delivery(one, lastDelivered + 2).sequence()
                : lastDelivered;
        queue.client.unsubscribe(one, last);
        assertThat(queue.got(two)).isEqualTo("2! 3! 4 5");
        assertThat(GroupedQueue.redeliveries(queue.client, two).subList(1, 4))
                .containsExactlyElementsOf(List.of(redeliveries.split(" ")).stream()
                        .map(Integer::valueOf)
                        .toList());
        queue.send("A B");
        assertThat(queue.got(two)).isEqualTo("2! 3! 4 5 6 7");
    }

    @Test
    void shouldCountAllAsDeliveredThatALostConnectionHad() {
        TestClient lost = queue.bench.client();
        ConsumerId one = lost.consume(GroupedQueue.NAME, 2);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A B");
        assertThat(GroupedQueue.got(lost, one)).isEqualTo("1! 2");
        lost.close();
        assertThat(queue.got(two)).isEqualTo("4! 1! 2 3");
        assertThat(GroupedQueue.redeliveries(queue.client, two)).containsExactly(0, 1, 1, 0);
    }

    @Test
    void shouldSpreadTheGroupsOfOneThatIsGoneButKeepEachWhole() {
        TestClient lost = queue.bench.client();
        ConsumerId gone = lost.consume(GroupedQueue.NAME, PLENTY);
        queue.send("A B C D A B C D");
        assertThat(GroupedQueue.got(lost, gone)).isEqualTo("1! 2! 3! 4! 5 6 7 8");
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        lost.close();
        assertThat(queue.got(one)).isEqualTo("1! 3! 5 7");
        assertThat(queue.got(two)).isEqualTo("2! 4! 6 8");
    }

    @Test
    void shouldSpreadWhatWaitedForOneThatIsGone() {
        TestClient lost = queue.bench.client();
        ConsumerId gone = lost.consume(GroupedQueue.NAME, 4);
        queue.send("A B C D A B C D A");
        assertThat(GroupedQueue.got(lost, gone)).isEqualTo("1! 2! 3! 4!");
        lost.ack(AckType.STANDARD, gone, lost.deliveries.get(0), lost.last(), 4, TransactionId.NONE);
        assertThat(GroupedQueue.got(lost, gone)).isEqualTo("1! 2! 3! 4! 5 6 7 8");
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        lost.close();
        assertThat(queue.got(one)).isEqualTo("5! 7! 9");
        assertThat(queue.got(two)).isEqualTo("6! 8!");
    }

    /** Nobody has the group, the message behind is offered to all, and then an earlier one comes back. */
    @Test
    void shouldGiveAnEarlierMessageThatComesBackBeforeOneThatIsOfferedToAll() {
        ConsumerId gone = queue.consume(1, 9);
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(2);
        queue.send("A - - A:-1 A -");
        queue.ack(gone, 1);
        assertThat(queue.got(gone)).isEqualTo("1! 4");
        queue.close(gone);
        queue.ackAll(one);
        assertThat(queue.got(one)).isEqualTo("2 4! 5");
        assertThat(queue.got(two)).isEqualTo("3 6");
    }

    @Test
    void shouldKeepAGroupWhileItsMessagesAreRolledBack() {
        ConsumerId one = queue.consume(2);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A A");
        TransactionId transaction = queue.take(one, 1, 2);
        assertThat(queue.client.rollback(transaction).isDone()).isTrue();
        assertThat(queue.got(two)).isEmpty();
        queue.client.deliveries.clear();
        queue.send("A");
        assertThat(queue.got(two)).isEmpty();
    }

    @Test
    void shouldGoOnWithAGroupWhenATransactionIsCommitted() {
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("A A A");
        TransactionId transaction = queue.take(one, 1);
        assertThat(queue.got(one)).isEqualTo("1! 2");
        assertThat(queue.client.commit(transaction).isDone()).isTrue();
        queue.ack(one, 2);
        assertThat(queue.got(one)).isEqualTo("1! 2 3");
        assertThat(queue.got(two)).isEmpty();
    }

    /** It comes late, but its group is whose it is by then. */
    @Test
    void shouldGiveWhatIsRolledBackAfterItsConsumerHasGoneToWhoeverHasTheGroup() {
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(1);
        ConsumerId three = queue.consume(PLENTY);
        queue.send("A B C A");
        TransactionId transaction = queue.take(one, 1);
        queue.close(one);
        assertThat(queue.got(three)).isEqualTo("3! 4!");
        queue.client.rollback(transaction);
        assertThat(queue.got(two)).isEqualTo("2!");
        assertThat(queue.got(three)).isEqualTo("3! 4! 1");
    }

    @Test
    void shouldOpenAGroupWithWhatComesBackWhenNobodyHasIt() {
        ConsumerId one = queue.consume(PLENTY);
        queue.send("A A:-1");
        ConsumerId two = queue.consume(PLENTY);
        queue.close(one);
        assertThat(queue.got(two)).isEqualTo("1! 2");
        queue.send("A");
        assertThat(queue.got(two)).isEqualTo("1! 2 3!");
    }
}
