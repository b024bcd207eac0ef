package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Receipt;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.MessageEviction;
import io.ferrymq.policy.SubscriptionRecovery;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of topics that are not given in time to those who wanted them: each is one dead letter, or none. */
class TopicExpiryBehaviourTest {
    private static final DestinationName NEWS = DestinationName.topic("NEWS.one");
    private static final DestinationName OTHER = DestinationName.topic("NEWS.two");
    private static final DestinationName ANY = DestinationName.topic("NEWS.>");
    private static final DestinationName LETTERS = DestinationName.queue("ActiveMQ.DLQ");
    private static final long LIFE_MS = 1_000;
    private static final int MANY = 700;

    private Bench bench = Bench.bench();
    private TestClient publisher = bench.client();
    private TestClient reader = bench.client();

    private void on(int shards, DestinationPolicy... policies) {
        bench = new Bench(shards, Limits.defaults(), new MemoryLog(Long.MAX_VALUE), policies);
        publisher = bench.client();
        reader = bench.client();
    }

    private Message mortal(DestinationName to) {
        return publisher.message(to, true, bench.epochMs() + LIFE_MS);
    }

    private void publish(DestinationName to, int count) {
        publish(to, count, TransactionId.NONE);
    }

    private void publish(DestinationName to, int count, TransactionId transaction) {
        for (int i = 0; i < count; i++) {
            assertThat(publisher.send(mortal(to), transaction).isDone()).isTrue();
        }
    }

    /** Its window is full before the first message that is to expire, which is the second that is published. */
    private ConsumerId slow(DestinationName topics) {
        return reader.consume(topics, 1);
    }

    private void fillWindows() {
        publisher.send(NEWS, 1);
    }

    private Delivery firstOf(ConsumerId consumer) {
        return reader.deliveries.stream()
                .filter(delivery -> delivery.consumer().equals(consumer))
                .findFirst()
                .orElseThrow();
    }

    /** It takes what it has, and would be given what is left. */
    private void goOn(ConsumerId consumer) {
        reader.ack(AckType.STANDARD, consumer, firstOf(consumer));
    }

    private void outlive() {
        bench.advance(LIFE_MS + 1);
    }

    private List<Long> letters() {
        return letters(LETTERS);
    }

    /** The sequences of all dead letters, which are taken away. */
    private List<Long> letters(DestinationName queue) {
        TestClient undertaker = bench.client();
        ConsumerId consumer = undertaker.consume(queue, 10_000);
        List<Delivery> all = List.copyOf(undertaker.deliveries);
        all.forEach(letter -> undertaker.ack(AckType.STANDARD, consumer, letter));
        undertaker.close();
        return all.stream().map(letter -> letter.message().id().sequence()).toList();
    }

    private void assertNothingCounts() {
        assertThat(bench.usedBytes()).isZero();
        assertThat(bench.failures()).isZero();
    }

    private static List<Long> sequences(int from, int to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryWhatExpiresBeforeItsCommit(int shards) {
        on(shards);
        ConsumerId consumer = reader.consume(NEWS, 10);
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 2, transaction);
        outlive();
        assertThat(publisher.commit(transaction).isDone()).isTrue();

        assertThat(reader.received(consumer)).isEmpty();
        assertThat(letters()).containsExactly(1L, 2L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryItOnceForAllWhoWouldHaveHadIt(int shards) {
        on(shards);
        reader.consume(NEWS, 10);
        reader.consume(ANY, 10);
        slow(NEWS);
        reader.durable(NEWS, "other", 10, "colour = 'red'");
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 1, transaction);
        outlive();
        publisher.commit(transaction);

        assertThat(reader.deliveries).isEmpty();
        assertThat(letters()).containsExactly(1L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldLeaveWhatExpiresBeforeItsCommitToTheDurableSubscriptionThatKeepsIt(int shards) {
        on(shards);
        ConsumerId durable = reader.durable(NEWS, "s", 10, "");
        reader.consume(NEWS, 10);
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 1, transaction);
        outlive();
        publisher.commit(transaction);
        bench.advance(60_000);

        assertThat(reader.received(durable)).isEmpty();
        assertThat(letters()).containsExactly(1L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldForgetWhatIsRolledBackThoughItHasExpired(int shards) {
        on(shards);
        reader.consume(NEWS, 10);
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 1, transaction);
        outlive();
        publisher.rollback(transaction);

        assertThat(letters()).isEmpty();
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldSayInTheLetterWhatItDiedOf(int shards) {
        on(shards);
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 1);
        outlive();
        goOn(consumer);

        TestClient undertaker = bench.client();
        undertaker.consume(LETTERS, 1);
        Message letter = undertaker.last().message();
        assertThat(letter.originalDestination()).contains(NEWS);
        assertThat(letter.expirationMs()).isZero();
        assertThat(letter.persistent()).isTrue();
        assertThat(letter.annotations())
                .hasEntrySatisfying("dlqDeliveryFailureCause", cause -> assertThat((String) cause)
                        .startsWith("java.lang.Throwable: Message Expired."));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryWhatExpiresWhileItWaitsAndGoOnBehindIt(int shards) {
        on(shards);
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 3);
        publisher.send(NEWS, 1);
        outlive();
        assertThat(letters()).isEmpty();
        goOn(consumer);

        assertThat(reader.received(consumer)).containsExactly(1L, 5L);
        assertThat(letters()).isEqualTo(sequences(2, 4));
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldKeepDeadLettersOverACrash(int shards) {
        on(shards);
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 3);
        outlive();
        goOn(consumer);

        bench = bench.crashAndRestart();
        assertThat(letters()).isEqualTo(sequences(2, 4));
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryOnceForSeveralSlowSubscribers(int shards) {
        on(shards);
        List<ConsumerId> consumers = List.of(slow(NEWS), slow(ANY), slow(NEWS), reader.select(NEWS, 1, "TRUE"));
        reader.consume(NEWS, 10);
        fillWindows();
        publish(NEWS, 2);
        outlive();
        consumers.forEach(this::goOn);

        assertThat(letters()).containsExactly(2L, 3L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotBuryWhatIsTransient(int shards) {
        on(shards);
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publisher.send(publisher.message(NEWS, false, bench.epochMs() + LIFE_MS), TransactionId.NONE);
        TransactionId transaction = publisher.begin(1);
        publisher.send(publisher.message(NEWS, false, bench.epochMs() + LIFE_MS), transaction);
        outlive();
        publisher.commit(transaction);
        goOn(consumer);

        assertThat(reader.received(consumer)).containsExactly(1L);
        assertThat(letters()).isEmpty();
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldLeaveItToTheDurableSubscriptionThatKeepsIt(int shards) {
        on(shards);
        ConsumerId durable = reader.durable(NEWS, "s", 1, "");
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 2);
        outlive();
        goOn(consumer);
        goOn(durable);
        bench.advance(60_000);

        assertThat(reader.received(durable)).containsExactly(1L);
        assertThat(letters()).containsExactly(2L, 3L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotBuryWhatADurableSubscriptionHasHadInTime(int shards) {
        on(shards);
        ConsumerId durable = reader.durable(NEWS, "s", 10, "");
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 2);
        for (Delivery delivery : List.copyOf(reader.deliveries)) {
            if (delivery.consumer().equals(durable)) {
                reader.ack(AckType.STANDARD, durable, delivery);
            }
        }
        outlive();
        goOn(consumer);

        assertThat(letters()).isEmpty();
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryWhatNoDurableSubscriptionSelects(int shards) {
        on(shards);
        ConsumerId durable = reader.durable(NEWS, "s", 10, "colour = 'red'");
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 2);
        outlive();
        goOn(consumer);

        assertThat(reader.received(durable)).isEmpty();
        assertThat(letters()).containsExactly(2L, 3L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryManyAtOnce(int shards) {
        on(shards);
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, MANY);
        outlive();
        goOn(consumer);

        assertThat(letters()).isEqualTo(sequences(2, MANY + 1));
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryManyOfOneCommit(int shards) {
        on(shards);
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, MANY, transaction);
        outlive();
        publisher.commit(transaction);

        assertThat(letters()).isEqualTo(sequences(1, MANY));
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryWhatWaitsOfSeveralTopics(int shards) {
        on(shards, individual(OTHER));
        ConsumerId consumer = slow(ANY);
        fillWindows();
        for (int i = 0; i < 3; i++) {
            publish(NEWS, 1);
            publish(OTHER, 1);
        }
        outlive();
        for (int i = 0; i < reader.deliveries.size(); i++) {
            reader.ack(AckType.STANDARD, consumer, reader.deliveries.get(i));
        }

        List<Long> ofOther = letters(DestinationName.queue("ActiveMQ.DLQ.Topic.NEWS.two"));
        assertThat(letters()).containsExactly(2L, 4L, 6L);
        assertThat(ofOther).isSubsetOf(3L, 5L, 7L);
        assertThat(reader.received(consumer)).as("and no letter of").doesNotContainAnyElementsOf(ofOther);
        assertThat(ofOther.size() + reader.received(consumer).size()).isEqualTo(4);
        assertNothingCounts();
    }

    private static DestinationPolicy individual(DestinationName topic) {
        return DestinationPolicy.of(topic)
                .deadLetters(DeadLetterPolicy.INDIVIDUAL)
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldHaveADeadLetterQueueForEachTopicThatWantsOne(int shards) {
        on(shards, individual(NEWS));
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 1);
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 1, transaction);
        outlive();
        publisher.commit(transaction);
        goOn(consumer);

        assertThat(letters(DestinationName.queue("ActiveMQ.DLQ.Topic.NEWS.one")))
                .containsExactlyInAnyOrder(2L, 3L);
        assertThat(letters()).isEmpty();
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryNothingOfATopicThatDiscards(int shards) {
        on(
                shards,
                DestinationPolicy.of(NEWS).deadLetters(DeadLetterPolicy.DISCARD).build());
        List<Message> expired = new ArrayList<>();
        bench.events.listen(event -> {
            if (event instanceof BrokerEvent.MessageExpired one) {
                expired.add(one.message());
            }
        });
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 1);
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 1, transaction);
        outlive();
        publisher.commit(transaction);
        goOn(consumer);

        assertThat(expired).hasSize(2);
        assertThat(bench.queueNames()).isEmpty();
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotBuryAgainWhatIsGivenFromThePast(int shards) {
        on(shards, remembering().build());
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 3);
        ConsumerId late = retroactive();
        ConsumerId later = retroactive();
        assertThat(reader.received(late)).containsExactly(1L);
        outlive();
        goOn(late);
        assertThat(letters()).isEmpty();
        goOn(consumer);
        assertThat(letters()).isEqualTo(sequences(2, 4));
        goOn(later);
        assertThat(letters()).isEmpty();

        assertThat(reader.received(late)).containsExactly(1L);
        forget();
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotBuryWhatAllHadInTimeForOneWhoCameLate(int shards) {
        on(shards, remembering().alwaysRetroactive(true).build());
        ConsumerId inTime = reader.consume(NEWS, 10);
        fillWindows();
        publish(NEWS, 3);
        ConsumerId late = slow(ANY);
        outlive();
        goOn(late);

        assertThat(reader.received(inTime)).hasSize(4);
        assertThat(reader.received(late)).containsExactly(1L);
        assertThat(letters()).isEmpty();
        forget();
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotRememberForOthersWhatExpiredBeforeItsCommit(int shards) {
        on(shards, remembering().build());
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 1, transaction);
        outlive();
        publisher.commit(transaction);

        assertThat(reader.received(retroactive())).isEmpty();
        assertThat(letters()).containsExactly(1L);
        forget();
        assertNothingCounts();
    }

    private static DestinationPolicy.Builder remembering() {
        return DestinationPolicy.of(NEWS).subscriptionRecovery(SubscriptionRecovery.fixedCount(10));
    }

    private ConsumerId retroactive() {
        ConsumerSpec spec = new ConsumerSpec(reader.nextConsumer(), NEWS, 1, 0, false, false, false, "", "", true, 0);
        assertThat(reader.subscribe(spec).isDone()).isTrue();
        return spec.id();
    }

    /** What the topic remembers counts as long as there is the topic. */
    private void forget() {
        reader.close();
        publisher.port().removeDestination(NEWS, Receipt.NONE);
        bench.run();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryWhatAPullComesTooLateFor(int shards) {
        on(shards);
        ConsumerId consumer = reader.consume(NEWS, 0);
        publish(NEWS, 2);
        outlive();
        reader.port().pull(consumer, -1);
        bench.run();

        assertThat(reader.nothings).containsExactly(consumer);
        assertThat(letters()).containsExactly(1L, 2L);
        publisher.send(NEWS, 1);
        reader.port().pull(consumer, -1);
        bench.run();
        assertThat(reader.received(consumer)).containsExactly(3L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBuryWhatExpiresOnTheWayToAClientThatDoesNotRead(int shards) {
        on(shards);
        ConsumerId consumer = reader.consume(NEWS, 10);
        reader.congested = true;
        publish(NEWS, 2);
        outlive();
        assertThat(letters()).isEmpty();
        reader.congested = false;
        reader.port().resume();
        bench.run();

        assertThat(reader.received(consumer)).isEmpty();
        assertThat(letters()).containsExactly(1L, 2L);
        publisher.send(NEWS, 1);
        assertThat(reader.received(consumer)).containsExactly(3L);
        assertNothingCounts();
    }

    static Stream<MessageEviction> evictions() {
        return Stream.of(
                MessageEviction.OLDEST,
                MessageEviction.OLDEST_WITH_LOWEST_PRIORITY,
                MessageEviction.uniqueProperty("symbol"));
    }

    @ParameterizedTest
    @MethodSource("evictions")
    void shouldBuryWhatIsLeftWhenSomeHadToGo(MessageEviction eviction) {
        on(
                1,
                DestinationPolicy.of(NEWS)
                        .pendingMessageLimit(3)
                        .messageEviction(eviction)
                        .build());
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 5);
        outlive();
        goOn(consumer);

        assertThat(letters()).isEqualTo(sequences(2, 6)); // two that had to go, and three
        publisher.send(NEWS, 1);
        assertThat(reader.received(consumer)).containsExactly(1L, 7L);
        assertNothingCounts();
    }

    @ParameterizedTest
    @MethodSource("evictions")
    void shouldBuryWhatHadExpiredWhenItHadToGo(MessageEviction eviction) {
        on(
                1,
                DestinationPolicy.of(NEWS)
                        .pendingMessageLimit(3)
                        .messageEviction(eviction)
                        .build());
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 3);
        outlive();
        publisher.send(NEWS, 3);
        goOn(consumer);

        assertThat(letters()).isEqualTo(sequences(2, 4));
        reader.close();
        assertNothingCounts();
    }

    @Test
    void shouldBuryNothingOfASubscriberThatLeaves() {
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 2);
        outlive();
        reader.unsubscribe(consumer, -1);

        assertThat(letters()).isEmpty();
        assertNothingCounts();
    }

    @Test
    void shouldBuryWhatHasExpiredWhenItComes() {
        publisher.send(publisher.message(NEWS, true, bench.epochMs() - 1), TransactionId.NONE);

        assertThat(letters()).containsExactly(1L);
        assertNothingCounts();
    }

    @Test
    void shouldBuryWhatWaitsOfATopicThatIsGone() {
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, 2);
        publisher.port().removeDestination(NEWS, Receipt.NONE);
        bench.run();
        outlive();
        goOn(consumer);

        assertThat(letters()).containsExactly(2L, 3L);
        assertNothingCounts();
    }

    @Test
    void shouldLeaveItToADurableSubscriptionThatNobodyUses() {
        ConsumerId durable = reader.durable(NEWS, "s", 1, "");
        reader.unsubscribe(durable, -1);
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        TransactionId transaction = publisher.begin(1);
        publish(NEWS, 1, transaction);
        publish(NEWS, 1);
        outlive();
        publisher.commit(transaction);
        goOn(consumer);
        bench.advance(60_000);

        assertThat(letters()).containsExactlyInAnyOrder(2L, 3L);
    }

    @Test
    void shouldHaveBuriedAllWhenItIsStopped() {
        ConsumerId consumer = slow(NEWS);
        fillWindows();
        publish(NEWS, MANY);
        outlive();
        Delivery first = firstOf(consumer);
        Acknowledgement late = new Acknowledgement(
                AckType.STANDARD,
                consumer,
                NEWS,
                Optional.empty(),
                first.message().id(),
                1,
                TransactionId.NONE,
                "");
        reader.port().acknowledge(late, Receipt.NONE);
        reader.port().flush();

        bench = bench.stopAndRestart();
        assertThat(letters()).isEqualTo(sequences(2, MANY + 1));
        assertNothingCounts();
    }
}
