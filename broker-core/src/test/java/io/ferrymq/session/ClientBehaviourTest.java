package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ProducerId;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.Advisories;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections, topics, temporary destinations, and what a restart brings back. */
class ClientBehaviourTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final DestinationName NEWS = DestinationName.topic("NEWS");

    private final Bench bench = Bench.bench(2);
    private final TestClient client = bench.client();
    private final List<String> told = new ArrayList<>();

    @Test
    void shouldRefuseAClientIdThatIsInUse() {
        bench.connect("ID:first", false);
        Sessions.Outcome outcome =
                bench.sessions().connect(new ClientInfo("ID:second", "ID:first", "here", false), bench.client());
        Refusal refusal = ((Sessions.Outcome.Refused) outcome).refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.INVALID_CLIENT_ID);
        assertThat(refusal.message()).isEqualTo("Broker: bench - Client: ID:first already connected from test");
    }

    @Test
    void shouldReplaceAConnectionThatComesBackAndLeaveItsTemporaryDestinationsToIt() {
        DestinationName replies = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:same:1");
        TestClient old = bench.connect("ID:same", false);
        old.port().addDestination(replies, new Answer());
        TestClient replacement = bench.connect("ID:same", true);
        assertThat(old.evictions).hasSize(1);
        Answer added = new Answer();
        replacement.port().addDestination(replies, added);
        bench.run();
        old.close();
        assertThat(added.isDone()).isTrue();
        assertThat(client.send(client.message(replies, false, 0), TransactionId.NONE)
                        .isDone())
                .isTrue();
    }

    @Test
    void shouldRecogniseWhatIsSentAgainAfterFailover() {
        TestClient sender = bench.connect("ID:sender", true);
        Message message = sender.message(ORDERS, true, 0);
        assertThat(sender.send(message, TransactionId.NONE).isDone()).isTrue();
        assertThat(sender.send(message, TransactionId.NONE).isDone()).isTrue();
        ConsumerId consumer = client.consume(ORDERS, 10);
        assertThat(client.received(consumer)).containsExactly(1L);
    }

    /** A held send is overtaken by those to other queues: that must not make it look like a repetition. */
    @Test
    void shouldStoreWhatWasHeldThoughLaterSendsToOtherQueuesWereNot() {
        DestinationName unread = DestinationName.queue("UNREAD");
        Bench small = new Bench(1, Limits.defaults().withMemoryBytes(2_000), new MemoryLog(Long.MAX_VALUE));
        small.client().send(unread, 2);
        TestClient reader = small.client();
        ConsumerId orders = reader.consume(ORDERS, 10);
        TestClient sender = small.connect("ID:sender", true);
        Answer held = sender.send(sender.message(unread, true, 0), TransactionId.NONE);
        Answer passed = sender.send(sender.message(ORDERS, true, 0), TransactionId.NONE);
        assertThat(held.isOpen()).isTrue();
        assertThat(passed.isDone()).isTrue();
        reader.ack(AckType.STANDARD, orders, reader.last());
        ConsumerId all = reader.consume(unread, 10);
        for (Delivery delivery : List.copyOf(reader.deliveries.subList(1, 3))) {
            reader.ack(AckType.INDIVIDUAL, all, delivery);
        }
        assertThat(held.isDone()).isTrue();
        assertThat(reader.deliveries)
                .anyMatch(delivery ->
                        delivery.message().id().producer().connection().equals("ID:sender")
                                && delivery.message().destination().equals(unread));
    }

    @Test
    void shouldRecogniseWhatIsSentAgainAfterACrash() {
        TestClient sender = bench.connect("ID:sender", false);
        Message message = sender.message(ORDERS, true, 0);
        sender.send(message, TransactionId.NONE);
        Bench restarted = bench.crashAndRestart();
        TestClient back = restarted.connect("ID:sender", true);
        assertThat(back.send(message, TransactionId.NONE).isDone()).isTrue();
        ConsumerId consumer = back.consume(ORDERS, 10);
        assertThat(back.received(consumer)).containsExactly(1L);
    }

    @Test
    void shouldBringBackWhatWasNotAcknowledgedFlaggedAndInOrder() {
        client.send(ORDERS, 4);
        client.send(client.message(ORDERS, false, 0), TransactionId.NONE);
        ConsumerId consumer = client.consume(ORDERS, 10);
        client.ack(AckType.INDIVIDUAL, consumer, client.deliveries.get(1));
        TestClient reader = bench.crashAndRestart().client();
        ConsumerId again = reader.consume(ORDERS, 10);
        assertThat(reader.received(again)).containsExactly(1L, 3L, 4L);
        assertThat(reader.deliveries).allMatch(delivery -> delivery.redeliveries() == 1);
    }

    @Test
    void shouldStillFlagAfterACleanStopWhatACrashMadeUncertain() {
        client.send(ORDERS, 2);
        client.consume(ORDERS, 1);
        TestClient reader = bench.crashAndRestart().stopAndRestart().client();
        reader.consume(ORDERS, 10);
        assertThat(reader.deliveries).hasSize(2).allMatch(delivery -> delivery.redeliveries() == 1);
    }

    @Test
    void shouldFlagWhatWasDeliveredBetweenACleanStopAndACrash() {
        client.send(ORDERS, 1);
        Bench second = bench.stopAndRestart();
        TestClient first = second.client();
        first.consume(ORDERS, 10);
        assertThat(first.last().redeliveries()).isZero();
        TestClient reader = second.crashAndRestart().client();
        reader.consume(ORDERS, 10);
        assertThat(reader.last().redeliveries()).isOne();
    }

    @Test
    void shouldKeepSequencesGrowingOverACrash() {
        client.send(ORDERS, 2);
        Bench restarted = bench.crashAndRestart();
        TestClient later = restarted.client();
        later.send(ORDERS, 1);
        later.consume(ORDERS, 10);
        assertThat(later.deliveries.stream().map(delivery -> delivery.sequence()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldReleaseWhatIsConsumedSoThatTheLogCanShrink() {
        MemoryLog log = new MemoryLog(10_000);
        Bench small = new Bench(1, Limits.defaults(), log);
        TestClient user = small.client();
        ConsumerId consumer = user.consume(ORDERS, 1);
        for (int i = 0; i < 500; i++) {
            user.send(ORDERS, 1);
            user.ack(AckType.STANDARD, consumer, user.last());
        }
        assertThat(small.journalStatus().segments()).isLessThan(4);
    }

    @Test
    void shouldGiveEverySubscriberOfATopicItsCopyButNotLateOnes() {
        ConsumerId first = client.consume(NEWS, 10);
        ConsumerId second = client.consume(NEWS, 10);
        client.send(client.message(NEWS, true, 0), TransactionId.NONE);
        ConsumerId late = client.consume(NEWS, 10);
        assertThat(client.received(first)).containsExactly(1L);
        assertThat(client.received(second)).containsExactly(1L);
        assertThat(client.received(late)).isEmpty();
    }

    @Test
    void shouldKeepWhatATopicSubscriberHasNoCreditFor() {
        ConsumerId consumer = client.consume(NEWS, 1);
        for (int i = 0; i < 3; i++) {
            client.send(client.message(NEWS, false, 0), TransactionId.NONE);
        }
        assertThat(client.received(consumer)).containsExactly(1L);
        client.ack(AckType.STANDARD, consumer, client.last());
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
    }

    @Test
    void shouldNotPublishWhatHasExpiredBeforeItsCommit() {
        ConsumerId consumer = client.consume(NEWS, 10);
        TransactionId transaction = client.begin(1);
        client.send(client.message(NEWS, false, bench.epochMs() + 10), transaction);
        client.send(client.message(NEWS, false, 0), transaction);
        bench.advance(10);
        client.commit(transaction);
        assertThat(client.received(consumer)).containsExactly(2L);
    }

    @Test
    void shouldCallASubscriberSlowWhenMoreThanAnotherWindowWaits() {
        Bench advised = new Bench(
                1,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(NEWS).advisories(Advisories.ALL).build());
        List<ConsumerId> slow = new ArrayList<>();
        advised.events.listen(event -> {
            if (event instanceof BrokerEvent.SlowConsumer one) {
                slow.add(one.consumer());
            }
        });
        TestClient subscriber = advised.client();
        ConsumerId two = subscriber.consume(NEWS, 2);
        ConsumerId one = subscriber.consume(NEWS, 1);
        TestClient publisher = advised.client();
        publisher.send(NEWS, 5);
        assertThat(slow).isEmpty();
        publisher.send(NEWS, 5);
        assertThat(slow).containsExactly(two).doesNotContain(one);
    }

    @Test
    void shouldSpareNoLocalSubscribersTheirOwnMessages() {
        ConsumerId id = new ConsumerId("ID:client-1", 1, 50);
        client.port().subscribe(new ConsumerSpec(id, NEWS, 10, 0, false, true, false, ""), new Answer());
        client.send(client.message(NEWS, false, 0), TransactionId.NONE);
        TestClient other = bench.client();
        other.send(other.message(NEWS, false, 0), TransactionId.NONE);
        assertThat(client.deliveries).hasSize(1);
    }

    @Test
    void shouldLetOneConsumerWatchSeveralTopicsThroughOneWindow() {
        DestinationName both = DestinationName.topic("ActiveMQ.Advisory.TempQueue,ActiveMQ.Advisory.TempTopic");
        ConsumerId watcher = client.consume(both, 2);
        TestClient other = bench.client();
        for (String name : new String[] {"ActiveMQ.Advisory.TempQueue", "ActiveMQ.Advisory.TempTopic"}) {
            other.send(other.message(DestinationName.topic(name), false, 0), TransactionId.NONE);
            other.send(other.message(DestinationName.topic(name), false, 0), TransactionId.NONE);
        }
        assertThat(client.received(watcher)).containsExactly(1L, 2L);
        client.ack(AckType.STANDARD, watcher, client.last(), client.last(), 2, TransactionId.NONE);
        assertThat(client.received(watcher)).hasSize(4);
    }

    @Test
    void shouldNotHoldAdvisoriesWhileMemoryIsExhausted() {
        Bench small = new Bench(1, Limits.defaults().withMemoryBytes(10_240), new MemoryLog(Long.MAX_VALUE));
        TestClient sender = small.client();
        sender.send(ORDERS, 10);
        assertThat(sender.send(sender.message(ORDERS, true, 0), TransactionId.NONE)
                        .isOpen())
                .isTrue();
        DestinationName advisories = DestinationName.topic("ActiveMQ.Advisory.TempQueue");
        assertThat(sender.send(sender.message(advisories, false, 0), TransactionId.NONE)
                        .isDone())
                .isTrue();
    }

    @Test
    void shouldTellWhichDestinationsExistInOrderWithTheEventsAboutThem() {
        client.send(ORDERS, 1);
        bench.events.listen(event -> told.add(event.toString()));
        bench.sessions().destinations(names -> names.forEach(name -> told.add("exists " + name)));
        client.send(DestinationName.queue("LATER"), 1);
        assertThat(told).containsExactly("exists queue://ORDERS", "DestinationAdded[destination=queue://LATER]");
    }

    @Test
    void shouldKeepTemporaryDestinationsToTheirConnection() {
        DestinationName replies = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:client-1:1");
        Answer added = new Answer();
        client.port().addDestination(replies, added);
        bench.run();
        assertThat(added.isDone()).isTrue();
        TestClient other = bench.client();
        Answer stolen = new Answer();
        other.port()
                .subscribe(new ConsumerSpec(new ConsumerId("x", 1, 1), replies, 1, 0, false, false, false, ""), stolen);
        assertThat(stolen.refusal().message()).startsWith("Cannot use a Temporary destination from another Connection");
        client.close();
        Answer late = other.send(other.message(replies, false, 0), TransactionId.NONE);
        assertThat(late.refusal())
                .isEqualTo(new Refusal(Refusal.Code.DESTINATION_DOES_NOT_EXIST, "temp-queue://ID:client-1:1"));
    }

    @Test
    void shouldRefuseAProducerOfATemporaryDestinationThatIsGone() {
        DestinationName gone = new DestinationName(DestinationName.Kind.TEMP_TOPIC, "ID:gone:1");
        Answer answer = new Answer();
        client.port().addProducer(new ProducerId("ID:client-1", 1, 1), gone, answer);
        bench.run();
        assertThat(answer.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_DOES_NOT_EXIST);
    }

    @Test
    void shouldRefuseASelectorThatCannotBeRead() {
        Answer selector = new Answer();
        client.port()
                .subscribe(
                        new ConsumerSpec(new ConsumerId("x", 1, 1), ORDERS, 1, 0, false, false, false, "a = "),
                        selector);
        assertThat(selector.refusal().code()).isEqualTo(Refusal.Code.INVALID_SELECTOR);
    }

    @Test
    void shouldBoundATransaction() {
        Limits few = new Limits(1 << 30, 100, 100, 100, 4096, 4096, 4096, 1000, 0, 4096, 10, 3, 1 << 20, 100, 100, 10);
        Bench small = new Bench(1, few, new MemoryLog(Long.MAX_VALUE));
        TestClient user = small.client();
        TransactionId transaction = user.begin(1);
        for (int i = 0; i < 3; i++) {
            assertThat(user.send(user.message(ORDERS, true, 0), transaction).isDone())
                    .isTrue();
        }
        Answer tooMuch = user.send(user.message(ORDERS, true, 0), transaction);
        assertThat(tooMuch.refusal().code()).isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        assertThat(user.commit(transaction).refusal().code()).isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        assertThat(user.received(user.consume(ORDERS, 10))).isEmpty();
    }

    @Test
    void shouldLetAConnectionComeBackThoughThereAreEnough() {
        Bench full = new Bench(1, Limits.defaults().withConnections(1), new MemoryLog(Long.MAX_VALUE));
        TestClient lost = full.connect("ID:a", false);

        full.connect("ID:a", true);

        assertThat(lost.evictions).hasSize(1);
        assertThat(full.sessions().connect(new ClientInfo("ID:b", "b", "test", false), lost))
                .isInstanceOf(Sessions.Outcome.Refused.class);
    }
}
