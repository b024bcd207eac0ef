package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of a group that wait for the consumer that has it, while others go on: in the heap and in the journal only. */
class MessageGroupWaitingTest {
    private static final DestinationName DEAD = DestinationName.queue("ActiveMQ.DLQ");

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

    private static void assertWhole(GroupedQueue queue) {
        assertThat(queue.client.deliveries)
                .isNotEmpty()
                .allMatch(one -> one.message().body().length == BODY_BYTES);
    }

    @Test
    void shouldGiveAnotherGroupWhatLiesBehindAHundredThousandMessagesOfOneThatIsHeldUp() {
        GroupedQueue queue = onHeap();
        ConsumerId one = queue.consume(1);
        queue.send("A", 100_000);
        queue.send("B");
        ConsumerId two = queue.consume(10);
        assertThat(queue.got(one)).isEqualTo("1!");
        assertThat(queue.got(two)).isEqualTo("100001!");
        queue.send("B C");
        assertThat(queue.got(two)).isEqualTo("100001! 100002 100003!");
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1! 2");
    }

    /** They were there before the one who has the group. */
    @Test
    void shouldPassAHundredThousandMessagesThatWaitedAlready() {
        GroupedQueue queue = onHeap();
        queue.send("A", 100_000);
        queue.send("B");
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(10);
        assertThat(queue.got(two)).isEqualTo("100001!");
        queue.close(one);
        assertThat(queue.got(two)).startsWith("100001! 1! 2 3 4 5 6 7 8 9");
    }

    @Test
    void shouldPassThemAlsoWhereTheirBodiesAreAway() {
        GroupedQueue queue = away();
        queue.send("A", 12_000);
        queue.send("B");
        ConsumerId one = queue.consume(1);
        ConsumerId two = queue.consume(10);
        assertThat(queue.got(two)).isEqualTo("12001!");
        queue.ack(one, 1);
        queue.ack(one, 2);
        assertThat(queue.got(one)).isEqualTo("1! 2 3");
        assertWhole(queue);
    }

    /** Who selects is told of new messages, and looks for old ones, in another way than who wants everything. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldPassThemForOneThatSelects(boolean away) {
        GroupedQueue queue = of(away);
        queue.send("A/blue", 7_000);
        queue.send("B/blue");
        ConsumerId one = queue.select(1, "blue");
        ConsumerId two = queue.select(10, 0, "colour <> 'red'");
        assertThat(queue.got(two)).isEqualTo("7001!");
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1! 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepTheOrderOfEachGroup(boolean away) {
        GroupedQueue queue = of(away);
        queue.send("A", 300);
        queue.send("B", 300);
        ConsumerId one = queue.consume(2);
        ConsumerId two = queue.consume(3);
        queue.send("A", 10);
        queue.ackAll(one);
        queue.ackAll(two);
        assertThat(queue.got(one)).isEqualTo(run(1, 300) + " " + run(601, 610).replace("!", ""));
        assertThat(queue.got(two)).isEqualTo(run(301, 600));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswerAPullWithWhatWaitedForIt(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId one = queue.consume(0);
        ConsumerId two = queue.consume(0);
        queue.send("A A B A");
        queue.pull(one);
        queue.pull(two);
        queue.pull(two);
        assertThat(queue.got(one)).isEqualTo("1!");
        assertThat(queue.got(two)).isEqualTo("3!");
        assertThat(queue.client.nothings).containsExactly(two);
        queue.pull(one);
        queue.pull(one);
        queue.pull(one);
        assertThat(queue.got(one)).isEqualTo("1! 2 4");
        assertThat(queue.client.nothings).containsExactly(two, one);
    }

    @Test
    void shouldGiveAPullThatIsOpenOnlyWhatIsForIt() {
        GroupedQueue queue = onHeap();
        ConsumerId one = queue.consume(0);
        ConsumerId two = queue.consume(0);
        queue.send("A");
        queue.pull(one);
        queue.client.port().pull(two, 0);
        queue.send("A");
        assertThat(queue.got(two)).isEmpty();
        queue.send("B");
        assertThat(queue.got(two)).isEqualTo("3!");
        queue.pull(one);
        assertThat(queue.got(one)).isEqualTo("1! 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldShowWhatWaitsToABrowserWhichNeverGetsAGroup(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId one = queue.consume(1);
        queue.send("A A B");
        ConsumerId browser = queue.client.consume(GroupedQueue.NAME, PLENTY, 0, true);
        assertThat(queue.client.received(browser)).containsExactly(1L, 2L, 3L);
        assertThat(queue.client.deliveries).filteredOn(Delivery::firstOfGroup).hasSize(1);
        queue.send("C");
        ConsumerId two = queue.consume(10);
        assertThat(queue.got(two)).isEqualTo("3! 4!");
        queue.ackAll(one);
        assertThat(queue.got(one)).isEqualTo("1! 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMoveWhatExpiresWhileItWaits(boolean away) {
        GroupedQueue queue = of(away);
        ConsumerId one = queue.consume(1);
        queue.send("A");
        queue.expireAt(queue.bench.epochMs() + 10_000);
        queue.send("A", 100);
        queue.expireAt(0);
        queue.send("A");
        queue.bench.advance(15_000);
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1! 102");
        TestClient reader = queue.bench.client();
        assertThat(reader.received(reader.consume(DEAD, PLENTY))).hasSize(100);
    }

    /** It goes when somebody comes to it, if nobody has looked before. */
    @Test
    void shouldNotGiveWhatHasExpiredWhenItsTurnComes() {
        GroupedQueue queue = onHeap();
        ConsumerId one = queue.consume(1);
        queue.send("A");
        queue.expireAt(queue.bench.epochMs() + 1);
        queue.send("A A");
        queue.expireAt(0);
        queue.send("A B");
        queue.bench.advance(2);
        queue.ack(one, 1);
        assertThat(queue.got(one)).isEqualTo("1! 4");
        queue.ack(one, 4);
        assertThat(queue.got(one)).isEqualTo("1! 4 5!");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBeginAgainInAQueueThatWasRemovedAndCameBack(boolean away) {
        GroupedQueue queue = largeOf(away);
        TestClient owner = queue.bench.client();
        ConsumerId one = owner.consume(GroupedQueue.NAME, 1);
        queue.send("A A A");
        owner.close();
        Answer removed = new Answer();
        queue.client.port().removeDestination(GroupedQueue.NAME, removed);
        queue.bench.run();
        assertThat(removed.isDone()).isTrue();
        assertThat(GroupedQueue.got(owner, one)).isEqualTo("1!");
        ConsumerId two = queue.consume(10);
        ConsumerId three = queue.consume(10);
        queue.send("A B A");
        assertThat(queue.got(two)).isEqualTo("4! 6");
        assertThat(queue.got(three)).isEqualTo("5!");
        assertThat(queue.bench.failures()).isZero();
    }

    @Test
    void shouldGoOnBehindMessagesThatAPoisonAckTakesOut() {
        GroupedQueue queue = onHeap();
        ConsumerId one = queue.consume(2);
        queue.send("A A A A");
        queue.client.ack(AckType.POISON, one, queue.delivery(one, 1));
        assertThat(queue.got(one)).isEqualTo("1! 2 3");
        queue.client.ack(AckType.POISON, one, queue.delivery(one, 2));
        assertThat(queue.got(one)).isEqualTo("1! 2 3 4");
        TestClient reader = queue.bench.client();
        assertThat(GroupedQueue.got(reader, reader.consume(DEAD, 10))).isEqualTo("1! 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAssignAllGroupsAnewAfterARestart(boolean away) {
        GroupedQueue queue = largeOf(away);
        ConsumerId one = queue.consume(2);
        queue.send("A B A:-1 B A");
        assertThat(queue.got(one)).isEqualTo("1! 2!");
        Bench restarted = queue.bench.crashAndRestart();
        TestClient client = restarted.client();
        ConsumerId again = client.consume(GroupedQueue.NAME, 10);
        assertThat(GroupedQueue.got(client, again)).isEqualTo("1! 2! 3 4 5!");
    }

    /** The owner's window is that of several queues: who has room in one has it in the other. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldHaveItsOwnGroupsInEachQueueOfAWildcard(int shards) {
        GroupedQueue queue = new GroupedQueue(Bench.bench(shards));
        DestinationName first = DestinationName.queue("G.1");
        DestinationName second = DestinationName.queue("G.2");
        ConsumerId wild = queue.client.consume(DestinationName.queue("G.>"), 3);
        sendTo(queue, first, "A", "A");
        sendTo(queue, second, "A");
        ConsumerId only = queue.client.consume(first, 10);
        sendTo(queue, first, "A", "B");
        sendTo(queue, second, "B", "A");
        assertThat(queue.client.received(wild)).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(queue.got(only)).isEqualTo("5!");
        for (int i = 0; i < queue.client.deliveries.size(); i++) {
            Delivery one = queue.client.deliveries.get(i);
            if (one.consumer().equals(wild)) {
                queue.client.ack(AckType.INDIVIDUAL, wild, one);
            }
        }
        assertThat(firstOnes(queue.client, wild)).containsExactlyInAnyOrder(1L, 3L, 6L);
        assertThat(queue.client.received(wild)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 6L, 7L);
        assertThat(queue.client.received(wild).indexOf(4L))
                .isGreaterThan(queue.client.received(wild).indexOf(2L));
    }

    private static void sendTo(GroupedQueue queue, DestinationName to, String... messages) {
        for (String message : messages) {
            queue.producer.send(queue.message(queue.producer, to, message), TransactionId.NONE);
        }
    }

    private static List<Long> firstOnes(TestClient client, ConsumerId consumer) {
        return client.deliveries.stream()
                .filter(one -> one.consumer().equals(consumer) && one.firstOfGroup())
                .map(one -> one.message().id().sequence())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldHaveItsOwnGroupsInEachQueueOfAComposite(int shards) {
        GroupedQueue queue = new GroupedQueue(Bench.bench(shards));
        DestinationName a = DestinationName.queue("A");
        DestinationName b = DestinationName.queue("B");
        DestinationName both = DestinationName.queue("A,B");
        ConsumerId inA = queue.client.consume(a, 10);
        ConsumerId inB = queue.client.consume(b, 10);
        sendTo(queue, both, "G", "G");
        ConsumerId ofBoth = queue.client.consume(both, 10);
        sendTo(queue, both, "G", "H", "G:-1", "G");
        assertThat(queue.got(inA)).isEqualTo("1! 2 3 5 6!");
        assertThat(queue.got(inB)).isEqualTo("1! 2 3 5 6!");
        assertThat(queue.got(ofBoth)).isEqualTo("4! 4!");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldServeManyQueuesWithLittleMemory(int shards) {
        long limitBytes = 200_000;
        GroupedQueue queue = new GroupedQueue(new Bench(
                        shards,
                        Limits.defaults().withMemoryBytes(limitBytes),
                        MemoryBudget.Waiting.of(limitBytes),
                        new MemoryLog(Long.MAX_VALUE)))
                .withBodies(BODY_BYTES);
        List<DestinationName> names = new ArrayList<>();
        List<ConsumerId> owners = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            names.add(DestinationName.queue("Q" + i));
            owners.add(queue.client.consume(names.get(i), 1));
        }
        for (int i = 0; i < 100; i++) {
            for (DestinationName name : names) {
                Message message = queue.message(queue.producer, name, i % 3 == 0 ? "B" : "A");
                queue.producer.send(message, TransactionId.NONE);
            }
        }
        names.forEach(name -> queue.client.consume(name, 2));
        for (int i = 0; i < queue.client.deliveries.size(); i++) {
            Delivery one = queue.client.deliveries.get(i);
            queue.client.ack(AckType.INDIVIDUAL, one.consumer(), one);
        }
        assertThat(queue.client.deliveries).hasSize(400);
        assertThat(owners)
                .allSatisfy(owner -> assertThat(queue.client.received(owner)).isSorted());
        assertWhole(queue);
        assertThat(queue.bench.usedBytes()).isZero();
    }

    /** Damage in the journal is no reason to keep what is behind it. */
    @Test
    void shouldGoOnBehindAMessageThatIsDamagedInTheJournal() {
        GroupedQueue queue = largeOf(true);
        ConsumerId one = queue.consume(1);
        queue.send("A A A");
        queue.bench.advance(2_000);
        queue.bench.journal().damage(3);
        queue.ack(one, 1);
        queue.ackAll(one);
        assertThat(queue.client.received(one)).hasSize(2).isSorted().contains(1L);
        assertThat(queue.bench.usedBytes()).isZero();
    }

    /** More than anybody remembers for those who select: they look again, and go on when there is more than one look may take. */
    @Test
    void shouldGoOnBehindMoreThanOneLookMayPassForOneThatSelects() {
        GroupedQueue queue = onHeap();
        ConsumerId former = queue.consume(PLENTY * 100);
        ConsumerId owner = queue.consume(1, 2);
        ConsumerId blue = queue.select(1, 1, "colour = 'blue'");
        queue.send("- -/blue");
        queue.send("A/blue", 6_000);
        queue.send("-/blue");
        assertThat(queue.got(owner)).isEqualTo("1");
        assertThat(queue.got(blue)).isEqualTo("2");
        queue.close(former);
        queue.ack(owner, 1);
        assertThat(queue.got(owner)).isEqualTo("1 3!");
        queue.ack(blue, 2);
        assertThat(queue.got(blue)).isEqualTo("2 6003");
    }
}
