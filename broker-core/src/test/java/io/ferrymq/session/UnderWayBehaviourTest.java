package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Xid;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to requests that are still under way when something else happens: removal, failover, full memory, a bad disk. */
class UnderWayBehaviourTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final DestinationName OTHER = DestinationName.queue("OTHER");
    private static final DestinationName REPLIES = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:same:1");
    private static final int NO_LIMIT = Integer.MAX_VALUE - 1;

    private final Bench bench = Bench.bench();
    private final TestClient client = bench.client();

    @Test
    void shouldShowABrowserWhatWasOnItsWayToTheDiskWhenItCame() {
        bench.journal().stall(NO_LIMIT);
        client.send(ORDERS, 2);
        ConsumerSpec spec = new ConsumerSpec(client.nextConsumer(), ORDERS, 10, 0, true, false, false, "");
        assertThat(client.subscribe(spec).isOpen()).isTrue();
        assertThat(client.nothings).isEmpty();
        client.send(ORDERS, 1);
        bench.journal().letThrough();
        bench.run();
        assertThat(client.received(spec.id())).containsExactly(1L, 2L);
        assertThat(client.nothings).containsExactly(spec.id());
    }

    @Test
    void shouldForgetABrowserThatLeavesBeforeItHasLooked() {
        bench.journal().stall(NO_LIMIT);
        client.send(ORDERS, 2);
        ConsumerSpec spec = new ConsumerSpec(client.nextConsumer(), ORDERS, 10, 0, true, false, false, "");
        client.subscribe(spec);
        client.unsubscribe(spec.id(), -2);
        bench.journal().letThrough();
        bench.run();
        assertThat(client.received(spec.id())).isEmpty();
    }

    @Test
    void shouldEndABrowserThatWaitsForABodyOfARemovedQueue() {
        Bench away = Bench.away(1, Long.MAX_VALUE);
        TestClient looking = away.client();
        looking.send(ORDERS, 2);
        ConsumerSpec spec = new ConsumerSpec(looking.nextConsumer(), ORDERS, 10, 0, true, false, false, "");
        looking.port().subscribe(spec, Receipt.NONE);
        looking.port().removeDestination(ORDERS, Receipt.NONE);
        away.run();
        assertThat(looking.received(spec.id())).isEmpty();
        assertThat(looking.nothings).containsExactly(spec.id());
    }

    @Test
    void shouldTakeAwayWhatWasOnItsWayIntoARemovedQueueAndAllItHeld() {
        client.send(ORDERS, 1);
        bench.journal().stall(NO_LIMIT);
        Answer before = client.send(client.message(ORDERS, true, 0), TransactionId.NONE);
        Answer removed = remove(ORDERS);
        Answer after = client.send(client.message(ORDERS, true, 0), TransactionId.NONE);
        bench.journal().letThrough();
        bench.run();
        assertThat(List.of(before, removed, after)).allMatch(Answer::isDone);
        ConsumerId consumer = client.consume(ORDERS, 10);
        assertThat(client.received(consumer)).containsExactly(3L);
        client.ack(AckType.STANDARD, consumer, client.last());
        assertThat(bench.usedBytes()).isZero();
        assertThat(bench.journalStatus().liveRecords()).isEqualTo(1);
    }

    @Test
    void shouldNotCountMessagesOfARemovedQueueTwiceWhenTheirTransactionEnds() {
        for (boolean committing : List.of(true, false)) {
            client.send(ORDERS, 1);
            ConsumerId consumer = client.consume(ORDERS, 10);
            TransactionId transaction = client.begin(1);
            Delivery taken = client.last();
            client.ack(AckType.STANDARD, consumer, taken, taken, 1, transaction);
            client.unsubscribe(consumer, -1);
            assertThat(remove(ORDERS).isDone()).isTrue();
            Answer end = committing ? client.commit(transaction) : client.rollback(transaction);
            assertThat(end.isDone()).isTrue();
            assertThat(bench.usedBytes()).isZero();
            assertThat(bench.journalStatus().liveRecords()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotBringARemovedQueueBackForTheSakeOfATransactionThatTookFromIt(boolean prepared) {
        client.send(ORDERS, 1);
        ConsumerId consumer = client.consume(ORDERS, 10);
        TransactionId transaction = prepared ? client.begin(new Xid(1, new byte[] {1}, new byte[0])) : client.begin(1);
        client.ack(AckType.STANDARD, consumer, client.last(), client.last(), 1, transaction);
        if (prepared) {
            assertThat(client.prepare(transaction).answer.isDone()).isTrue();
        }
        client.unsubscribe(consumer, -1);
        assertThat(remove(ORDERS).isDone()).isTrue();
        assertThat(prepared || client.commit(transaction).isDone()).isTrue();
        assertThat(bench.crashAndRestart().queueNames()).isEmpty();
    }

    @Test
    void shouldIgnoreAcknowledgementsForARemovedTemporaryQueue() {
        TestClient owner = bench.connect("ID:same", false);
        owner.port().addDestination(REPLIES, Receipt.NONE);
        ConsumerId consumer = owner.consume(REPLIES, 10);
        client.send(client.message(REPLIES, false, 0), TransactionId.NONE);
        owner.port().removeDestination(REPLIES, Receipt.NONE);
        assertThat(owner.ack(AckType.STANDARD, consumer, owner.last()).isDone()).isTrue();
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldKeepATemporaryQueueThatIsAddedAgainWhileItsOldConnectionEnds() {
        TestClient old = bench.connect("ID:same", false);
        old.port().addDestination(REPLIES, Receipt.NONE);
        client.send(ORDERS, 1);
        bench.journal().stall(NO_LIMIT);
        client.send(ORDERS, 1);
        old.close();
        TestClient back = bench.connect("ID:same", true);
        Answer added = new Answer();
        back.port().addDestination(REPLIES, added);
        bench.run();
        bench.journal().letThrough();
        bench.run();
        assertThat(added.isDone()).isTrue();
        assertThat(client.send(client.message(REPLIES, false, 0), TransactionId.NONE)
                        .isDone())
                .isTrue();
    }

    @Test
    void shouldRemoveTemporaryQueuesThatAConnectionDoesNotAddAgain() {
        TestClient old = bench.connect("ID:same", false);
        old.port().addDestination(REPLIES, Receipt.NONE);
        bench.run();
        TestClient back = bench.connect("ID:same", true);
        old.close();
        back.close();
        Refusal refusal = client.send(client.message(REPLIES, false, 0), TransactionId.NONE)
                .refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.DESTINATION_DOES_NOT_EXIST);
    }

    @Test
    void shouldForgetAConsumerThatWasRefused() {
        TestClient owner = bench.connect("ID:same", false);
        ConsumerId id = new ConsumerId("ID:same", 1, 77);
        ConsumerSpec spec = new ConsumerSpec(id, REPLIES, 10, 0, false, false, false, "");
        Answer refused = new Answer();
        owner.port().subscribe(spec, refused);
        bench.run();
        assertThat(refused.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_DOES_NOT_EXIST);
        owner.port().addDestination(REPLIES, Receipt.NONE);
        Answer done = new Answer();
        owner.port().subscribe(spec, done);
        client.send(client.message(REPLIES, false, 0), TransactionId.NONE);
        assertThat(done.isDone()).isTrue();
        assertThat(owner.received(id)).containsExactly(1L);
    }

    @Test
    void shouldLeaveNothingWithAConsumerThatOneOfItsQueuesRefused() {
        TestClient owner = bench.connect("ID:same", false);
        DestinationName there = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:same:1");
        owner.port().addDestination(there, Receipt.NONE);
        client.send(client.message(there, false, 0), TransactionId.NONE);
        ConsumerId id = new ConsumerId("ID:same", 1, 77);
        DestinationName both = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:same:1,ID:same:2");
        Answer refused = new Answer();
        owner.port().subscribe(new ConsumerSpec(id, both, 10, 0, false, false, false, ""), refused);
        bench.run();
        assertThat(refused.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_DOES_NOT_EXIST);
        ConsumerId other = owner.consume(there, 10);
        assertThat(owner.received(other)).containsExactly(1L);
    }

    @Test
    void shouldHoldProducersOfCompositesWhileMemoryIsExhausted() {
        Bench small = new Bench(1, Limits.defaults().withMemoryBytes(2_000), new MemoryLog(Long.MAX_VALUE));
        TestClient sender = small.client();
        sender.send(ORDERS, 2);
        DestinationName both = DestinationName.queue("ORDERS,OTHER");
        Answer composite = sender.send(sender.message(both, true, 0), TransactionId.NONE);
        assertThat(composite.isOpen()).isTrue();
        TestClient receiver = small.client();
        receiver.consume(ORDERS, 10);
        receiver.consume(OTHER, 10);
        for (Delivery delivery : List.copyOf(receiver.deliveries)) {
            receiver.ack(AckType.INDIVIDUAL, delivery.consumer(), delivery);
        }
        assertThat(composite.isDone()).isTrue();
        assertThat(small.usedBytes()).isZero();
    }

    /** Else its resent copy would be taken for a duplicate, and lost. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotLetACompositeOvertakeWhatItsProducerSentBefore(int shards) {
        Bench small = new Bench(shards, Limits.defaults().withMemoryBytes(2_000), new MemoryLog(Long.MAX_VALUE));
        small.client().send(ORDERS, 2);
        TestClient sender = small.connect("ID:sender", false);
        Message first = sender.message(ORDERS, true, 0);
        Message second = sender.message(DestinationName.queue("ORDERS,OTHER"), true, 0);
        assertThat(sender.send(first, TransactionId.NONE).isOpen()).isTrue();
        sender.send(second, TransactionId.NONE);

        Bench restarted = small.crashAndRestart();
        TestClient back = restarted.connect("ID:sender", true);
        back.send(first, TransactionId.NONE);
        back.send(second, TransactionId.NONE);
        TestClient reader = restarted.client();
        assertThat(reader.received(reader.consume(ORDERS, 10))).containsExactly(1L, 2L, 1L, 2L);
        assertThat(reader.received(reader.consume(OTHER, 10))).containsExactly(2L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldStoreACompositeOnceThatIsSentAgainBeforeItIsDurable(int shards) {
        Bench several = Bench.bench(shards);
        TestClient old = several.connect("ID:same", false);
        several.journal().stall(NO_LIMIT);
        Message message = old.message(DestinationName.queue("ORDERS,OTHER"), true, 0);
        old.send(message, TransactionId.NONE);
        TestClient back = several.connect("ID:same", true);
        Answer again = back.send(message, TransactionId.NONE);
        assertThat(again.isOpen()).isTrue();
        several.journal().letThrough();
        several.run();
        assertThat(again.isDone()).isTrue();
        assertThat(back.received(back.consume(ORDERS, 10))).containsExactly(1L);
        assertThat(back.received(back.consume(OTHER, 10))).containsExactly(1L);
    }

    /** As long as it waits for the disk, nobody may be told that it is stored. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseACompositeThatIsSentAgainWithTheOneBefore(int shards) {
        Bench full = new Bench(
                new NoSpace(false, 1_000), shards, Limits.defaults(), Bench.AT_HAND, new MemoryLog(Long.MAX_VALUE));
        TestClient old = full.connect("ID:same", false);
        full.journal().spaceLow(true);
        Message message = old.message(DestinationName.queue("ORDERS,OTHER"), true, 0);
        Answer first = old.send(message, TransactionId.NONE);
        Answer again = full.connect("ID:same", true).send(message, TransactionId.NONE);
        assertThat(again.isOpen()).isTrue();
        full.advance(1_000);
        assertThat(List.of(first.refusal().code(), again.refusal().code())).containsOnly(Refusal.Code.RESOURCE_LIMIT);
        assertThat(full.usedBytes()).isZero();
        full.journal().spaceLow(false);
        assertThat(full.connect("ID:same", true)
                        .send(message, TransactionId.NONE)
                        .isDone())
                .isTrue();
        TestClient reader = full.client();
        assertThat(reader.received(reader.consume(ORDERS, 10))).containsExactly(1L);
    }

    /** In the journal the letter is before the removal of its queue. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldKeepADeadLetterWhoseQueueIsRemovedBeforeItArrives(int shards) {
        Bench several = Bench.bench(shards);
        TestClient user = several.client();
        DestinationName dead = DestinationName.queue("ActiveMQ.DLQ");
        user.port().addDestination(dead, Receipt.NONE);
        user.send(ORDERS, 1);
        ConsumerId consumer = user.consume(ORDERS, 10);
        several.journal().stall(NO_LIMIT);
        user.ack(AckType.POISON, consumer, user.last());
        user.port().removeDestination(dead, Receipt.NONE);
        several.run();
        several.journal().letThrough();
        several.run();
        TestClient reader = several.client();
        assertThat(reader.received(reader.consume(dead, 10))).containsExactly(1L);
        Bench restarted = several.crashAndRestart();
        TestClient after = restarted.client();
        assertThat(after.received(after.consume(dead, 10))).containsExactly(1L);
    }

    /** Its commit would wait behind a send that is held: so it goes on a little, then fails. */
    @Test
    void shouldFailButNeverHoldATransactionWhileMemoryIsExhausted() {
        Bench small = new Bench(1, Limits.defaults().withMemoryBytes(2_000), new MemoryLog(Long.MAX_VALUE));
        TestClient sender = small.client();
        sender.send(ORDERS, 2);
        TransactionId transaction = sender.begin(1);
        assertThat(sender.send(sender.message(ORDERS, true, 0), transaction).isDone())
                .isTrue();
        assertThat(sender.send(sender.message(ORDERS, true, 0), transaction)
                        .refusal()
                        .code())
                .isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        assertThat(sender.rollback(transaction).isDone()).isTrue();
        assertThat(small.usedBytes()).isEqualTo(2 * Message.OVERHEAD_BYTES);
    }

    @Test
    void shouldKeepWhatComesLaterBehindATransientComposite() {
        DestinationName both = DestinationName.queue("OTHER,topic://NEWS");
        ConsumerId queue = client.consume(OTHER, 10);
        ConsumerId topic = client.consume(DestinationName.topic("NEWS"), 10);
        bench.journal().stall(NO_LIMIT);
        client.send(ORDERS, 1);
        client.send(client.message(both, false, 0), TransactionId.NONE);
        client.send(client.message(OTHER, false, 0), TransactionId.NONE);
        client.send(client.message(DestinationName.topic("NEWS"), false, 0), TransactionId.NONE);
        bench.journal().letThrough();
        bench.run();
        assertThat(client.received(queue)).containsExactly(2L, 3L);
        assertThat(client.received(topic)).containsExactly(2L, 4L);
    }

    @Test
    void shouldNotLetATransientMessageOvertakeOneThatWaits() {
        ConsumerId consumer = client.consume(ORDERS, 10);
        bench.journal().stall(NO_LIMIT);
        client.send(ORDERS, 1);
        client.send(OTHER, 1);
        client.send(client.message(ORDERS, false, 0), TransactionId.NONE);
        bench.journal().letThrough(1);
        bench.run();
        assertThat(client.received(consumer)).containsExactly(1L);
        client.send(client.message(ORDERS, false, 0), TransactionId.NONE);
        bench.journal().letThrough();
        bench.run();
        assertThat(client.received(consumer)).containsExactly(1L, 3L, 4L);
    }

    @Test
    void shouldEndItsClientsWhenTheJournalFailsWhileItIsFull() {
        client.consume(ORDERS, 10);
        bench.journal().stall(1);
        client.send(ORDERS, 3);
        bench.journal().fail();
        bench.run();
        Answer closed = new Answer();
        client.port().close(-2, closed::done);
        bench.run();
        assertThat(closed.isDone()).isTrue();
        assertThat(bench.failures()).isOne();
    }

    @Test
    void shouldHandOverEveryRemovalBeforeItIsDrained() {
        client.send(ORDERS, 2);
        ConsumerId consumer = client.consume(ORDERS, 10);
        client.ack(AckType.INDIVIDUAL, consumer, client.deliveries.get(0));
        bench.journal().stall(0);
        client.port().acknowledge(acknowledgement(consumer, client.deliveries.get(1)), Receipt.NONE);
        Answer drained = new Answer();
        bench.drain(drained::done);
        bench.run();
        assertThat(drained.isOpen()).isTrue();
        bench.journal().letThrough();
        bench.run();
        assertThat(drained.isDone()).isTrue();
    }

    @Test
    void shouldReleaseTheRecordOfAQueueThatGoesBeforeItWasWritten() {
        bench.journal().stall(NO_LIMIT);
        client.port().addDestination(ORDERS, Receipt.NONE);
        remove(ORDERS);
        bench.journal().letThrough();
        bench.run();
        assertThat(bench.journalStatus().liveRecords()).isZero();
    }

    @Test
    void shouldWaitForeverWhenAPullAsksForMoreThanALifetime() {
        ConsumerId consumer = client.consume(ORDERS, 0);
        client.port().pull(consumer, Long.MAX_VALUE);
        bench.run();
        bench.advance(3_600_000);
        assertThat(client.nothings).isEmpty();
        client.send(ORDERS, 1);
        assertThat(client.received(consumer)).containsExactly(1L);
    }

    @Test
    void shouldBoundTheTransactionsThatAClientBegins() {
        int most = bench.sessions().limits().consumersPerConnection();
        for (int i = 1; i <= most + 1; i++) {
            client.begin(i);
        }
        assertThat(client.commit(client.begin(most)).isDone()).isTrue();
        assertThat(client.commit(new TransactionId.Local("ID:client-1", most + 1))
                        .refusal()
                        .code())
                .isEqualTo(Refusal.Code.TRANSACTION);
    }

    private Acknowledgement acknowledgement(ConsumerId consumer, Delivery one) {
        return new Acknowledgement(
                AckType.INDIVIDUAL,
                consumer,
                ORDERS,
                Optional.empty(),
                one.message().id(),
                1,
                TransactionId.NONE,
                "");
    }

    private Answer remove(DestinationName name) {
        Answer answer = new Answer();
        client.port().removeDestination(name, answer);
        bench.run();
        return answer;
    }
}
