package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.session.Bench.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues that wait for consumers before they give anybody anything (consumersBeforeDispatchStarts, timeBeforeDispatchStarts). */
class StartGateTest {
    private static final int PLENTY = 100;

    private GroupedQueue queue;

    private void waitFor(int consumers, long timeMs) {
        queue = GroupedQueue.with(
                GroupedQueue.policy().consumersBeforeDispatchStarts(consumers).timeBeforeDispatchStartsMs(timeMs));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "1, 500"})
    void shouldNotWaitForTheOneThatIsThere(int consumers, long timeMs) {
        waitFor(consumers, timeMs);
        queue.send("- -");
        assertThat(queue.got(queue.consume(PLENTY))).isEqualTo("1 2");
    }

    @Test
    void shouldWaitForSoManyConsumers() {
        waitFor(3, 0);
        queue.send("-");
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("-");
        assertThat(queue.client.deliveries).isEmpty();
        ConsumerId three = queue.consume(PLENTY);
        queue.send("-");
        assertThat(queue.got(one)).isEqualTo("1");
        assertThat(queue.got(two)).isEqualTo("2");
        assertThat(queue.got(three)).isEqualTo("3");
    }

    @ParameterizedTest
    @CsvSource({"3, 0, 1000", "3, 200, 200", "0, 300, 300", "2, 5000, 5000"})
    void shouldWaitNoLongerThanThat(int consumers, long timeMs, long longestMs) {
        waitFor(consumers, timeMs);
        queue.send("-");
        ConsumerId one = queue.consume(PLENTY);
        queue.bench.advance(longestMs - 1);
        assertThat(queue.got(one)).isEmpty();
        queue.bench.advance(1);
        assertThat(queue.got(one)).isEqualTo("1");
        queue.send("-");
        assertThat(queue.got(one)).isEqualTo("1 2");
    }

    /** However many come: it is the time that counts. */
    @Test
    void shouldWaitForTheTimeAloneWhereNoNumberIsGiven() {
        waitFor(0, 300);
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.send("- -");
        assertThat(queue.client.deliveries).isEmpty();
        queue.bench.advance(300);
        assertThat(queue.client.received(one)).hasSize(1);
        assertThat(queue.client.received(two)).hasSize(1);
    }

    @Test
    void shouldWaitAgainWhenAllHadGone() {
        waitFor(2, 1_000);
        queue.send("-");
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        assertThat(queue.got(one)).isEqualTo("1");
        queue.close(one);
        queue.send("-");
        assertThat(queue.got(two)).as("one is still there").isEqualTo("1 2");
        queue.close(two);
        ConsumerId three = queue.consume(PLENTY);
        assertThat(queue.got(three)).isEmpty();
        queue.consume(PLENTY);
        assertThat(queue.client.received(three)).isNotEmpty();
    }

    @Test
    void shouldNotWaitForConsumersThatComeWhileOthersAreThere() {
        waitFor(2, 0);
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.close(one);
        ConsumerId three = queue.consume(PLENTY);
        queue.send("- -");
        assertThat(queue.client.received(two)).hasSize(1);
        assertThat(queue.client.received(three)).hasSize(1);
    }

    /** As in ActiveMQ: one that leaves meanwhile has been there. */
    @Test
    void shouldCountOneThatLeavesMeanwhile() {
        waitFor(3, 0);
        queue.send("-");
        queue.consume(PLENTY);
        ConsumerId two = queue.consume(PLENTY);
        queue.close(two);
        assertThat(queue.client.deliveries).isEmpty();
        queue.consume(PLENTY);
        assertThat(queue.client.deliveries).hasSize(1);
    }

    /** The timer of the time before is not that of this one. */
    @Test
    void shouldWaitAsLongAgainWhenAllLeaveMeanwhile() {
        waitFor(3, 1_000);
        queue.send("-");
        ConsumerId one = queue.consume(PLENTY);
        queue.bench.advance(600);
        queue.close(one);
        ConsumerId two = queue.consume(PLENTY);
        queue.bench.advance(600);
        assertThat(queue.got(two)).isEmpty();
        queue.bench.advance(400);
        assertThat(queue.got(two)).isEqualTo("1");
    }

    @Test
    void shouldOpenForNobodyWhenAllHaveLeft() {
        waitFor(0, 500);
        queue.send("-");
        queue.close(queue.consume(PLENTY));
        queue.bench.advance(1_000);
        assertThat(queue.client.deliveries).isEmpty();
        ConsumerId one = queue.consume(PLENTY);
        assertThat(queue.got(one)).isEmpty();
        queue.bench.advance(500);
        assertThat(queue.got(one)).isEqualTo("1");
    }

    @Test
    void shouldShowWhatWaitsToABrowserWhichIsNotWaitedFor() {
        waitFor(2, 0);
        queue.send("-");
        ConsumerId one = queue.consume(PLENTY);
        ConsumerId browser = queue.client.consume(GroupedQueue.NAME, PLENTY, 0, true);
        assertThat(queue.client.received(browser)).containsExactly(1L);
        assertThat(queue.got(one)).isEmpty();
        queue.bench.advance(1_000);
        assertThat(queue.got(one)).isEqualTo("1");
    }

    @Test
    void shouldHoldBackWhatIsSelectedAndFindItThen() {
        waitFor(2, 0);
        queue.send("-/blue -/red");
        ConsumerId blue = queue.select(PLENTY, "blue");
        queue.send("-/blue");
        assertThat(queue.client.deliveries).isEmpty();
        ConsumerId red = queue.select(PLENTY, "red");
        assertThat(queue.got(blue)).isEqualTo("1 3");
        assertThat(queue.got(red)).isEqualTo("2");
    }

    @Test
    void shouldServeAPullThatIsOpenWhenItOpens() {
        waitFor(0, 400);
        queue.send("- -");
        ConsumerId one = queue.consume(0);
        queue.client.port().pull(one, 0);
        queue.bench.run();
        assertThat(queue.got(one)).isEmpty();
        queue.bench.advance(400);
        assertThat(queue.got(one)).isEqualTo("1");
    }

    @Test
    void shouldHoldBackWhatIsReadFromTheJournalToo() {
        DestinationPolicy policy =
                GroupedQueue.policy().consumersBeforeDispatchStarts(2).build();
        queue = new GroupedQueue(Bench.away(1, Long.MAX_VALUE, policy)).withBodies(2_000);
        queue.send("A", 200);
        queue.send("B", 200);
        ConsumerId one = queue.consume(PLENTY * 10);
        queue.bench.advance(500);
        assertThat(queue.client.deliveries).isEmpty();
        ConsumerId two = queue.consume(PLENTY * 10);
        assertThat(queue.client.received(one)).hasSize(200).isSorted();
        assertThat(queue.client.received(two)).hasSize(200).isSorted();
    }

    @Test
    void shouldForgetItsTimerWithTheQueue() {
        waitFor(3, 500);
        queue.send("-");
        queue.close(queue.consume(PLENTY));
        Answer removed = new Answer();
        queue.client.port().removeDestination(GroupedQueue.NAME, removed);
        queue.bench.run();
        assertThat(removed.isDone()).isTrue();
        ConsumerId one = queue.consume(PLENTY);
        queue.send("-");
        queue.bench.advance(499);
        assertThat(queue.got(one)).isEmpty();
        queue.bench.advance(1);
        assertThat(queue.got(one)).isEqualTo("2");
        assertThat(queue.bench.failures()).isZero();
    }

    /** Each queue of a consumer waits by itself. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldHoldBackOneQueueOfSeveral(int shards) {
        DestinationName other = DestinationName.queue("OTHER");
        queue = new GroupedQueue(new Bench(
                shards,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                GroupedQueue.policy().consumersBeforeDispatchStarts(2).build()));
        queue.send("-");
        queue.producer.send(other, 1);
        ConsumerId both = queue.client.consume(DestinationName.queue("ORDERS,OTHER"), 10);
        assertThat(queue.client.received(both)).containsExactly(2L);
        queue.bench.advance(1_000);
        assertThat(queue.client.received(both)).containsExactly(2L, 1L);
    }

    @Test
    void shouldRefuseWhatMeansNothing() {
        DestinationPolicy.Builder policy = GroupedQueue.policy();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.consumersBeforeDispatchStarts(-1))
                .withMessageContaining("consumersBeforeDispatchStarts=-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.timeBeforeDispatchStartsMs(-1))
                .withMessageContaining("timeBeforeDispatchStartsMs=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> policy.messageGroupCacheSize(-1));
    }
}
