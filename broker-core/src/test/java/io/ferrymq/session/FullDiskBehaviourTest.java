package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.Xid;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.Advisories;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may go on, what waits and what is refused while the journal says that its disk is nearly full. */
class FullDiskBehaviourTest {
    private static final DestinationName QUEUE = DestinationName.queue("A");
    private static final DestinationName OTHER = DestinationName.queue("B");
    private static final DestinationName TOPIC = DestinationName.topic("T");
    private static final Schedule IN_A_SECOND = new Schedule(1_000, 0, 0, "");
    private static final int MORE_THAN_A_CYCLE = 300;
    private static final Xid XID = new Xid(1, new byte[] {1}, new byte[0]);

    private static Bench bench(NoSpace noSpace, int shards) {
        return new Bench(noSpace, shards, Limits.defaults(), Bench.AT_HAND, new MemoryLog(Long.MAX_VALUE));
    }

    private static Answer send(TestClient client, DestinationName to, boolean persistent) {
        return client.send(client.message(to, persistent, 0), TransactionId.NONE);
    }

    @Test
    void shouldHoldPersistentSendsInOrderAndLetThemGoWhenThereIsSpace() {
        Bench bench = bench(NoSpace.HOLD, 1);
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(QUEUE, 10);
        bench.journal().spaceLow(true);
        Answer first = send(client, QUEUE, true);
        Answer behind = send(client, QUEUE, false);
        assertThat(List.of(first, behind)).allMatch(Answer::isOpen);
        assertThat(send(client, OTHER, false).isDone()).isTrue();
        assertThat(send(client, TOPIC, true).isDone()).isTrue();
        assertThat(client.received(consumer)).isEmpty();
        bench.journal().spaceLow(false);
        bench.run();
        assertThat(List.of(first, behind)).allMatch(Answer::isDone);
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
    }

    /** Commits wait in a line of their own, and none may overtake or be overtaken by what its producer sent otherwise. */
    @Test
    void shouldKeepAProducersOrderAcrossBothLines() {
        Bench bench = bench(NoSpace.HOLD, 1);
        DestinationName both = DestinationName.queue("A,B");
        TestClient producer = bench.client();
        bench.journal().spaceLow(true);
        send(bench.client(), QUEUE, true); // so that this line is the older one
        send(producer, both, true);
        send(producer, QUEUE, true);
        send(producer, both, true);
        bench.journal().spaceLow(false);
        producer.port().send(producer.message(QUEUE, true, 0), TransactionId.NONE, Receipt.NONE);
        bench.run();
        TestClient reader = bench.client();
        reader.consume(QUEUE, 10);
        assertThat(reader.deliveries.stream()
                        .map(delivery -> delivery.message().id())
                        .filter(id -> id.producer().connection().equals("ID:client-1"))
                        .map(MessageId::sequence))
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldSendBehindACommitThatStillWaits() {
        Bench bench = bench(NoSpace.HOLD, 1);
        DestinationName both = DestinationName.queue("A,B");
        bench.journal().spaceLow(true);
        TestClient others = bench.client();
        for (int i = 0; i < MORE_THAN_A_CYCLE; i++) {
            send(others, DestinationName.queue("C,D"), true);
        }
        TestClient producer = bench.client();
        send(producer, both, true);
        bench.journal().spaceLow(false);
        send(producer, QUEUE, true);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(QUEUE, 10))).containsExactly(1L, 2L);
    }

    @Test
    void shouldHoldWhatADurableSubscriptionWouldKeep() {
        Bench bench = bench(NoSpace.HOLD, 1);
        TestClient client = bench.client();
        client.durable(TOPIC, "keeps", 10, "");
        bench.journal().spaceLow(true);
        Answer kept = send(client, TOPIC, true);
        assertThat(kept.isOpen()).isTrue();
        bench.journal().spaceLow(false);
        bench.run();
        assertThat(kept.isDone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldLetConsumersDrainAlsoInTransactions(int shards) {
        Bench bench = bench(NoSpace.HOLD, shards);
        TestClient client = bench.client();
        client.send(QUEUE, 2);
        ConsumerId consumer = client.consume(QUEUE, 10);
        bench.journal().spaceLow(true);
        assertThat(client.ack(AckType.INDIVIDUAL, consumer, client.deliveries.get(0))
                        .isDone())
                .isTrue();
        TransactionId transaction = client.begin(1);
        client.ack(AckType.STANDARD, consumer, client.last(), client.last(), 1, transaction);
        assertThat(client.commit(transaction).isDone()).isTrue();
        assertThat(bench.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldHoldCommitsAndPreparesThatSend(int shards) {
        Bench bench = bench(NoSpace.HOLD, shards);
        TestClient client = bench.client();
        bench.journal().spaceLow(true);
        TransactionId local = client.begin(1);
        client.send(client.message(QUEUE, true, 0), local);
        client.send(client.message(OTHER, true, 0), local);
        Answer committed = client.commit(local);
        TransactionId global = client.begin(XID);
        client.send(client.message(QUEUE, true, 0), global);
        Ballot prepared = client.prepare(global);
        Answer composite = send(client, DestinationName.queue("A,B"), true);
        assertThat(List.of(committed, prepared.answer, composite)).allMatch(Answer::isOpen);
        bench.journal().spaceLow(false);
        bench.run();
        assertThat(List.of(committed, prepared.answer, composite)).allMatch(Answer::isDone);
        bench.journal().spaceLow(true);
        assertThat(client.commitPrepared(global).isDone()).as("it was promised").isTrue();
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(QUEUE, 10))).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseAtOnceWhenProducersDoNotWantToWait(int shards) {
        Bench bench = bench(new NoSpace(true, 0), shards);
        TestClient client = bench.client();
        bench.journal().spaceLow(true);
        Refusal refusal = send(client, QUEUE, true).refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        assertThat(refusal.message()).contains("disk is nearly full", "queue://A");
        assertThat(send(client, DestinationName.queue("A,B"), true).refusal().code())
                .isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        TransactionId local = client.begin(1);
        client.send(client.message(QUEUE, true, 0), local);
        assertThat(client.commit(local).refusal().code()).isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        TransactionId global = client.begin(XID);
        client.send(client.message(QUEUE, true, 0), global);
        assertThat(client.prepare(global).refusal().code()).isEqualTo(Refusal.Code.TRANSACTION_ROLLED_BACK);
        assertThat(bench.usedBytes()).isZero();
        bench.journal().spaceLow(false);
        assertThat(send(client, QUEUE, true).isDone()).isTrue();
    }

    @Test
    void shouldRefuseAfterATimeoutWhatHasWaitedSoLong() {
        Bench bench = bench(new NoSpace(false, 1_000), 1);
        TestClient client = bench.client();
        bench.journal().spaceLow(true);
        Answer early = send(client, QUEUE, true);
        TransactionId local = client.begin(1);
        client.send(client.message(QUEUE, true, 0), local);
        Answer committed = client.commit(local);
        bench.advance(500);
        Answer late = send(client, QUEUE, true);
        bench.advance(500);
        assertThat(early.refusal().code()).isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        assertThat(committed.refusal().code()).isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        assertThat(late.isOpen()).isTrue();
        bench.journal().spaceLow(false);
        bench.run();
        assertThat(late.isDone()).isTrue();
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(QUEUE, 10))).containsExactly(3L);
    }

    @Test
    void shouldNotRefuseWhatWasAcceptedBeforeAFailover() {
        Bench bench = bench(new NoSpace(true, 0), 1);
        TestClient before = bench.connect("ID:same", false);
        Message message = before.message(QUEUE, true, 0);
        before.send(message, TransactionId.NONE);
        bench.journal().spaceLow(true);
        TestClient back = bench.connect("ID:same", true);
        assertThat(back.send(message, TransactionId.NONE).isDone()).isTrue();
    }

    /** Each shard notices the room by itself, so a commit may be written before what another one still holds. */
    @ParameterizedTest
    @CsvSource({"true,false", "true,true", "false,false", "false,true"})
    void shouldNotTakeWhatWasHeldForADuplicateOfWhatCameLater(boolean first, boolean crash) {
        Bench bench = bench(NoSpace.HOLD, 4);
        DestinationName far = far(bench);
        DestinationName both = DestinationName.queue(first ? "A," + far.physicalName() : far.physicalName() + ",A");
        TestClient producer = bench.connect("ID:same", true);
        bench.journal().spaceLow(true);
        Message held = producer.message(QUEUE, true, 0);
        Message later = producer.message(both, true, 0);
        producer.send(held, TransactionId.NONE);
        producer.send(later, TransactionId.NONE);
        bench.lag(QUEUE);
        bench.journal().spaceLow(false);
        bench.run();
        Bench now = bench;
        if (crash) {
            now = bench.crashAndRestart();
            TestClient back = now.connect("ID:same", true);
            back.send(held, TransactionId.NONE);
            back.send(later, TransactionId.NONE);
        } else {
            bench.catchUp();
        }
        TestClient reader = now.client();
        assertThat(reader.received(reader.consume(QUEUE, 10))).containsExactlyInAnyOrder(1L, 2L);
        assertThat(reader.received(reader.consume(far, 10))).containsExactly(2L);
    }

    /** A queue in another shard. */
    private static DestinationName far(Bench bench) {
        return IntStream.range(0, 100)
                .mapToObj(i -> DestinationName.queue("far" + i))
                .filter(queue -> bench.shardOf(queue) != bench.shardOf(QUEUE))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldRefuseForLackOfMemoryAsWell() {
        Bench bench = new Bench(
                new NoSpace(true, 0),
                1,
                Limits.defaults().withMemoryBytes(2_000),
                Bench.AT_HAND,
                new MemoryLog(Long.MAX_VALUE));
        TestClient client = bench.client();
        client.send(QUEUE, 2);
        assertThat(send(client, QUEUE, true).refusal().message()).contains("memory limit reached");
        assertThat(send(client, DestinationName.queue("A,B"), true).refusal().message())
                .contains("memory limit reached");
    }

    /** What is left is for acknowledgements, which make room. */
    @Test
    void shouldMakeNoDeadLettersOfWhatATopicsSubscribersLose() {
        DestinationName news = DestinationName.topic("NEWS");
        Bench bench = new Bench(
                NoSpace.HOLD,
                1,
                Limits.defaults(),
                Bench.AT_HAND,
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(news).pendingMessageLimit(3).build());
        bench.client().consume(news, 1);
        TestClient publisher = bench.client();
        bench.journal().spaceLow(true);
        long before = bench.liveRecords();
        for (int i = 0; i < 10; i++) {
            assertThat(send(publisher, news, true).isDone()).isTrue();
        }
        assertThat(bench.liveRecords()).isEqualTo(before);
        bench.journal().spaceLow(false);
        send(publisher, news, true);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DestinationName.queue("ActiveMQ.DLQ"), 10)))
                .hasSize(1);
    }

    @Test
    void shouldNameTheLimitOfAQueueWhereThatIsReached() {
        Bench bench = new Bench(
                new NoSpace(true, 0),
                1,
                Limits.defaults(),
                Bench.AT_HAND,
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(QUEUE).memoryLimitBytes(1_000).build());
        TestClient client = bench.client();
        send(client, QUEUE, false);
        send(client, QUEUE, false);
        assertThat(send(client, QUEUE, false).refusal().message())
                .contains("memory limit reached", QUEUE.toString(), "its limit=1000", "memoryLimitBytes of its policy");
    }

    @Test
    void shouldNotRefuseForLackOfMemoryACompositeThatIsStored() {
        Bench bench = new Bench(
                new NoSpace(true, 0),
                1,
                Limits.defaults().withMemoryBytes(2_100),
                Bench.AT_HAND,
                new MemoryLog(Long.MAX_VALUE));
        TestClient before = bench.connect("ID:same", false);
        Message message = before.message(DestinationName.queue("A,B"), true, 0);
        assertThat(before.send(message, TransactionId.NONE).isDone()).isTrue();
        TestClient others = bench.client();
        send(others, OTHER, true);
        assertThat(send(others, OTHER, true).refusal().code()).isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        TestClient back = bench.connect("ID:same", true);
        assertThat(back.send(message, TransactionId.NONE).isDone()).isTrue();
        assertThat(back.received(back.consume(QUEUE, 10))).containsExactly(1L);
    }

    @Test
    void shouldKeepSchedulesUntilThereIsSpace() {
        Bench bench = bench(NoSpace.HOLD, 1);
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        client.send(
                client.message(QUEUE, true, 0).toBuilder().schedule(IN_A_SECOND).build(), TransactionId.NONE);
        bench.journal().spaceLow(true);
        Answer another = client.send(
                client.message(QUEUE, true, 0).toBuilder().schedule(IN_A_SECOND).build(), TransactionId.NONE);
        bench.advance(5_000);
        assertThat(another.isOpen()).isTrue();
        assertThat(client.deliveries).isEmpty();
        bench.journal().spaceLow(false);
        bench.run();
        bench.advance(2_000);
        assertThat(another.isDone()).isTrue();
        assertThat(client.deliveries).hasSize(2);
    }

    @Test
    void shouldTellWhoeverWatchesOnce() {
        Bench bench = new Bench(
                1,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(QUEUE).advisories(Advisories.ALL).build());
        List<BrokerEvent.DestinationFull> told = new ArrayList<>();
        bench.events.listen(event -> {
            if (event instanceof BrokerEvent.DestinationFull full) {
                told.add(full);
            }
        });
        bench.journal().spaceLow(true);
        TestClient client = bench.client();
        send(client, QUEUE, true);
        send(client, QUEUE, true);
        assertThat(told).hasSize(1).allMatch(full -> full.usageName().equals("store"));
    }

    /** Each of them would write a copy of its own. */
    @Test
    void shouldLetWhatExpiresWaitInDurableSubscriptionsUntilThereIsSpace() {
        Bench bench = bench(NoSpace.HOLD, 1);
        for (int i = 0; i < 3; i++) {
            TestClient one = bench.connectAs("c" + i, "ID:c" + i);
            one.durable(TOPIC, "sub", 10, "");
            one.close();
        }
        TestClient publisher = bench.client();
        publisher.send(publisher.message(TOPIC, true, bench.epochMs() + 500), TransactionId.NONE);
        long records = bench.liveRecords();

        bench.journal().spaceLow(true);
        bench.advance(3_000);
        assertThat(bench.liveRecords()).isEqualTo(records);

        bench.journal().spaceLow(false);
        bench.advance(3_000);
        TestClient reader = bench.client();
        reader.consume(DestinationName.queue("ActiveMQ.DLQ"), 10);
        assertThat(reader.deliveries).hasSize(3);
    }

    @Test
    void shouldNotDeliverWhatHasExpiredInADurableSubscription() {
        Bench bench = bench(NoSpace.HOLD, 1);
        TestClient one = bench.connectAs("c", "ID:c");
        one.durable(TOPIC, "sub", 10, "");
        one.close();
        TestClient publisher = bench.client();
        publisher.send(publisher.message(TOPIC, true, bench.epochMs() + 500), TransactionId.NONE);
        bench.journal().spaceLow(true);
        bench.advance(3_000);

        TestClient again = bench.connectAs("c", "ID:d");
        again.durable(TOPIC, "sub", 10, "");
        bench.journal().spaceLow(false);
        TestClient reader = bench.client();
        reader.consume(DestinationName.queue("ActiveMQ.DLQ"), 10);

        assertThat(again.deliveries).isEmpty();
        assertThat(reader.deliveries).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellOfWhatExpires(boolean low) {
        Bench bench = new Bench(
                NoSpace.HOLD,
                1,
                Limits.defaults(),
                Bench.AT_HAND,
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(TOPIC)
                        .pendingMessageLimit(30)
                        .advisories(Advisories.ALL)
                        .build());
        List<BrokerEvent> told = new ArrayList<>();
        bench.events.listen(event -> {
            if (event instanceof BrokerEvent.MessageExpired) {
                told.add(event);
            }
        });
        TestClient subscriber = bench.client();
        ConsumerId consumer = subscriber.consume(TOPIC, 1);
        TestClient publisher = bench.client();
        bench.journal().spaceLow(low);
        for (int i = 0; i < 3; i++) {
            publisher.send(publisher.message(TOPIC, true, bench.epochMs() + 500), TransactionId.NONE);
        }
        bench.advance(1_000);
        subscriber.ack(AckType.STANDARD, consumer, subscriber.deliveries.get(0));

        assertThat(told).hasSize(2);
    }
}
