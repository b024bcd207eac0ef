package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Receipt;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that wait and whose bodies are in the journal only. */
class StoredBacklogTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final DestinationName DEAD = DestinationName.queue("ActiveMQ.DLQ");
    private static final DestinationName NEWS = DestinationName.topic("NEWS");
    private static final long SEGMENT = 20_000;

    private Bench bench = Bench.away(1, SEGMENT);
    private TestClient producer = bench.client();

    @Test
    void shouldCountNothingForThemInTheHeap() {
        producer.send(ORDERS, 1_000);
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldDeliverThemInOrderOverManyBatches() {
        producer.send(ORDERS, 3_000);
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 50);
        acknowledgeAll(client, consumer);
        assertThat(client.received(consumer))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 3_000).boxed().toList());
        assertThat(bench.usedBytes()).isZero();
    }

    /** One after the other, until nothing more comes. */
    private static void acknowledgeAll(TestClient client, ConsumerId consumer) {
        for (int i = 0; i < client.deliveries.size(); i++) {
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
    }

    @Test
    void shouldNotLetNewMessagesOvertakeThoseOnTheirWayBack() {
        producer.send(ORDERS, 600);
        TestClient client = bench.client();
        ConsumerId selecting = client.select(ORDERS, 10, "kind='rare'");
        ConsumerId consumer = client.consume(ORDERS, 400);
        producer.send(ORDERS, 10);
        acknowledgeAll(client, consumer);
        assertThat(client.received(selecting)).isEmpty();
        assertThat(client.received(consumer))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 610).boxed().toList());
    }

    @Test
    void shouldFindMessagesForASelectorHoweverDeepTheyLie() {
        producer.send(ORDERS, 2_000);
        producer.send(ORDERS, "kind=rare");
        producer.send(ORDERS, 2_000);
        TestClient client = bench.client();
        ConsumerId consumer = client.select(ORDERS, 10, "kind='rare'");
        assertThat(client.received(consumer)).containsExactly(2_001L);
    }

    @Test
    void shouldLookOnceForAllWhoComeInOneCycle() {
        for (int i = 0; i < 4_000; i++) {
            producer.sendLater(ORDERS, "n=" + i % 200);
        }
        bench.run();
        TestClient client = bench.client();
        List<ConsumerId> consumers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            consumers.add(client.selectLater(ORDERS, 100, "n = " + i));
        }
        bench.run();
        for (int i = 0; i < 200; i++) {
            assertThat(client.received(consumers.get(i)))
                    .containsExactlyElementsOf(LongStream.iterate(i + 1, next -> next + 200)
                            .limit(20)
                            .boxed()
                            .toList());
        }
        assertThat(bench.decodings()).isBetween(4_000, 4_400);
    }

    @Test
    void shouldDeliverHigherPrioritiesFirst() {
        producer.send(ORDERS, 600);
        producer.sendWithPriority(ORDERS, 9);
        producer.send(ORDERS, 600);
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 3);
        assertThat(client.received(consumer)).containsExactly(601L, 1L, 2L);
    }

    @Test
    void shouldShowThemToABrowserAndThenSayThatThereIsNothingMore() {
        producer.send(ORDERS, 700);
        TestClient client = bench.client();
        ConsumerId browser = client.consume(ORDERS, 1_000, 0, true);
        assertThat(client.received(browser)).hasSize(700);
        assertThat(client.nothings).containsExactly(browser);
    }

    @Test
    void shouldAnswerAPullThatDoesNotWaitOnlyWhenItHasLooked() {
        producer.send(ORDERS, 1);
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 0);
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.received(consumer)).containsExactly(1L);
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.nothings).containsExactly(consumer);
    }

    @Test
    void shouldMoveThemToTheDeadLetterQueueWhenTheyExpire() {
        for (int i = 0; i < 2_000; i++) {
            producer.send(producer.message(ORDERS, true, bench.epochMs() + 10_000), TransactionId.NONE);
        }
        producer.send(ORDERS, 1);
        bench.advance(9_000);
        assertThat(bench.usedBytes()).isZero();
        bench.advance(5_000);
        TestClient client = bench.client();
        assertThat(client.received(client.consume(DEAD, 5_000))).hasSize(2_000);
        assertThat(client.received(client.consume(ORDERS, 10))).containsExactly(2_001L);
    }

    @Test
    void shouldLeaveADamagedOneOutAndDeliverTheOthers() {
        producer.send(ORDERS, 5);
        bench.journal().damage(3);
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 10);
        assertThat(client.received(consumer)).hasSize(4);
        acknowledgeAll(client, consumer);
        assertThat(bench.stopAndRestart().liveRecords()).isEqualTo(1); // that of the queue
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotKeepOldSegmentsForOneMessage(int shards) {
        bench = Bench.away(shards, SEGMENT);
        producer = bench.client();
        producer.send(DEAD, 3);
        keepBusy(3_000);
        assertThat(bench.journalStatus().segments()).isLessThan(5);
        assertThat(redeliveriesAfterCrash(DEAD)).containsExactly(1, 1, 1);
        assertThat(redeliveriesAfterCrash(DEAD)).containsExactly(2, 2, 2);
    }

    private void keepBusy(int messages) {
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 10);
        for (int i = 0; i < messages; i++) {
            producer.send(ORDERS, 1);
            client.ack(AckType.STANDARD, consumer, client.last());
            bench.advance(5);
        }
        client.port().close(-1, () -> {});
        bench.run();
    }

    private List<Integer> redeliveriesAfterCrash(DestinationName queue) {
        bench = bench.crashAndRestart();
        producer = bench.client();
        return redeliveries(queue);
    }

    private List<Integer> redeliveries(DestinationName queue) {
        TestClient client = bench.client();
        client.consume(queue, 100);
        List<Integer> counts =
                client.deliveries.stream().map(Delivery::redeliveries).toList();
        client.port().close(-2, () -> {});
        bench.run();
        return counts;
    }

    @Test
    void shouldNotForgetHowOftenTheyWereDelivered() {
        producer.send(DEAD, 3);
        for (int before = 0; before < 300; before++) {
            assertThat(redeliveries(DEAD)).containsExactly(before, before, before);
        }
        keepBusy(3_000);
        assertThat(bench.journalStatus().segments()).isLessThan(5);
        bench = bench.stopAndRestart();
        producer = bench.client();
        assertThat(redeliveries(DEAD)).containsExactly(300, 300, 300);
        assertThat(redeliveriesAfterCrash(DEAD)).containsExactly(301, 301, 301);
    }

    @Test
    void shouldNotKeepOldSegmentsForSubscriptionsThatAreOffline() {
        TestClient first = bench.client("first");
        TestClient second = bench.client("second");
        first.durable(NEWS, "news", 100, "");
        second.durable(NEWS, "news", 100, "");
        first.port().close(-1, () -> {});
        second.port().close(-1, () -> {});
        bench.run();
        producer.send(NEWS, 3);
        keepBusy(3_000);
        assertThat(bench.journalStatus().segments()).isLessThan(5);
        assertThat(bench.liveRecords()).isLessThan(10);
        bench = bench.stopAndRestart();
        producer = bench.client();
        producer.send(NEWS, 1);
        for (String name : List.of("first", "second")) {
            TestClient client = bench.client(name);
            ConsumerId consumer = client.durable(NEWS, "news", 100, "");
            assertThat(client.deliveries).extracting(Delivery::redeliveries).containsExactly(0, 0, 0, 0);
            acknowledgeAll(client, consumer);
            client.port().close(-1, () -> {});
            bench.run();
            client.removeSubscription("news");
        }
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldWriteOneRecordAgainForAllSubscriptionsThatShareIt() {
        DestinationName other = DestinationName.topic("OTHER");
        TestClient reader = bench.client("reader");
        reader.durable(NEWS, "news", 100, "");
        reader.durable(other, "other", 100, "");
        reader.durable(DestinationName.topic("NEWS,OTHER"), "both", 100, "");
        reader.durable(DestinationName.topic("*"), "any", 100, "");
        reader.close();
        producer.send(NEWS, 3);
        producer.send(other, 2);
        keepBusy(3_000);
        List<Long> lsns = new ArrayList<>();
        for (Record told : bench.snapshot()) {
            if (told instanceof Record.MessagesWaiting waiting) {
                LongStream.of(waiting.lsns()).forEach(lsns::add);
            }
        }
        assertThat(lsns).hasSize(3 * 3 + 2 * 3).allMatch(lsn -> lsn > 3_000);
        assertThat(new HashSet<>(lsns)).hasSize(3 + 2);
    }

    @Test
    void shouldNotKeepOldSegmentsForAPreparedTransaction() {
        Xid xid = new Xid(1, new byte[] {1}, new byte[] {2});
        producer.send(DEAD, 2);
        TestClient worker = bench.client();
        ConsumerId consumer = worker.consume(DEAD, 1);
        TransactionId id = worker.begin(xid);
        worker.ack(AckType.STANDARD, consumer, worker.last(), worker.last(), 1, id);
        assertThat(worker.prepare(id).isPrepared()).isTrue();
        keepBusy(3_000);
        assertThat(bench.journalStatus().segments()).isLessThan(5);
        bench = bench.crashAndRestart();
        producer = bench.client();
        keepBusy(3_000);
        assertThat(bench.journalStatus().segments()).isLessThan(5);
        bench.client().commitPrepared(id);
        assertThat(redeliveriesAfterCrash(DEAD)).containsExactly(1);
    }

    @Test
    void shouldKeepTheirOrderThoughRecordsWereWrittenAgain() {
        producer.send(DEAD, 200);
        keepBusy(1_500);
        producer.send(DEAD, 50);
        keepBusy(1_500);
        bench = bench.crashAndRestart();
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(DEAD, 1_000);
        List<Long> sequences =
                client.deliveries.stream().map(Delivery::sequence).toList();
        assertThat(sequences).hasSize(250).isSorted();
        acknowledgeAll(client, consumer);
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldStayInTheHeapWhereTheJournalKeepsNothing() {
        Bench forgetful = Bench.forgetful();
        TestClient client = forgetful.client();
        client.send(ORDERS, 10);
        forgetful.advance(10_000);
        assertThat(client.received(client.consume(ORDERS, 100))).hasSize(10);
    }

    @Test
    void shouldLetGoOfWhatAConsumerHeldWhenItLeaves() {
        producer.send(ORDERS, 5);
        TestClient client = bench.client();
        ConsumerId leaving = client.consume(ORDERS, 10);
        client.unsubscribe(leaving, -1);
        bench.advance(3_000);
        assertThat(bench.usedBytes()).isZero();
        assertThat(client.received(client.consume(ORDERS, 10))).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldForgetThemWithTheirQueue() {
        producer.send(ORDERS, 1_000);
        producer.send(DEAD, 1);
        producer.port().removeDestination(ORDERS, Receipt.NONE);
        bench.run();
        assertThat(bench.liveRecords()).isEqualTo(2);
        assertThat(bench.crashAndRestart().liveRecords()).isEqualTo(2);
    }

    @Test
    void shouldRecogniseADuplicateOfOneThatWaits() {
        MessageId id = new MessageId(new ProducerId("ID:other", 1, 1), 7);
        Message message = Message.builder(id, ORDERS).persistent(true).build();
        producer.send(message, TransactionId.NONE);
        bench = bench.crashAndRestart();
        TestClient resumed = bench.client(true);
        resumed.send(message, TransactionId.NONE);
        TestClient client = bench.client();
        assertThat(client.received(client.consume(ORDERS, 10))).hasSize(1);
    }
}
