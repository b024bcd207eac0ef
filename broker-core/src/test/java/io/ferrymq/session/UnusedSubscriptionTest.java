package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.session.Bench.Answer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Durable subscriptions that end because nobody takes from them. */
class UnusedSubscriptionTest {
    private static final DestinationName ANY = DestinationName.topic("NEWS.>");
    private static final DestinationName NEWS = DestinationName.topic("NEWS.all");
    private static final int TIMEOUT_S = 60;
    private static final int SHARDS = 4;

    private Bench bench = bench(Bench.bench(SHARDS));

    private static Bench bench(Bench bench) {
        bench.removeUnusedSubscriptions(TIMEOUT_S * 1_000);
        return bench;
    }

    private TestClient reader() {
        return bench.client("ID:reader");
    }

    private void subscribeAndLeave(DestinationName topics) {
        TestClient reader = reader();
        reader.durable(topics, "s", 10, "");
        reader.close();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            bench.advance(1_000);
        }
    }

    /** Some seconds more, since it is looked at once a second, and every part has to see it. */
    private void passTimeout() {
        pass(TIMEOUT_S + 3);
    }

    private boolean isThere() {
        TestClient reader = reader();
        boolean there = reader.port().subscribedTopics("s").isPresent();
        reader.close();
        return there;
    }

    private List<Long> received(DestinationName topics) {
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(topics, "s", 10, "");
        List<Long> received = reader.received(consumer);
        reader.close();
        return received;
    }

    /** A topic of another shard than that which asks for the end of a subscription with wildcards. */
    private DestinationName topicBesideHome() {
        int home = bench.shardOf(DestinationName.subscription("ID:reader", "s"));
        return IntStream.range(0, 100)
                .mapToObj(i -> DestinationName.topic("NEWS." + i))
                .filter(topic -> bench.shardOf(topic) != home)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NEWS.all", "NEWS.>", "NEWS.all,NEWS.1,NEWS.2,OTHER"})
    void shouldRemoveItWithItsBacklog(String topics) {
        DestinationName wanted = DestinationName.topic(topics);
        subscribeAndLeave(wanted);
        bench.client().send(NEWS, 3);
        pass(TIMEOUT_S - 1);
        assertThat(isThere()).isTrue();
        pass(4);

        assertThat(isThere()).isFalse();
        assertThat(bench.usedBytes()).isZero();
        assertThat(bench.liveRecords()).isZero();
        bench = bench.crashAndRestart();
        assertThat(isThere()).isFalse();
        assertThat(received(wanted)).isEmpty();
    }

    @Test
    void shouldCountFromTheEndOfItsLastConsumer() {
        subscribeAndLeave(ANY);
        bench.client().send(NEWS, 3);
        for (int i = 0; i < 3; i++) {
            pass(TIMEOUT_S - 5);
            assertThat(received(ANY)).containsExactly(1L, 2L, 3L);
        }
        passTimeout();
        assertThat(isThere()).isFalse();
    }

    @Test
    void shouldKeepItWhileItHasAConsumer() {
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(ANY, "s", 10, "");
        passTimeout();
        bench.client().send(NEWS, 1);
        assertThat(reader.received(consumer)).containsExactly(1L);
    }

    @Test
    void shouldCountFromTheStartAfterARestart() {
        subscribeAndLeave(ANY);
        pass(TIMEOUT_S - 5);
        bench = bench(bench.crashAndRestart());
        pass(TIMEOUT_S - 5);
        assertThat(isThere()).isTrue();
        pass(8);
        assertThat(isThere()).isFalse();
    }

    @Test
    void shouldKeepAllWhereNobodySaysHowLong() {
        bench = Bench.bench(SHARDS);
        subscribeAndLeave(ANY);
        passTimeout();
        assertThat(isThere()).isTrue();
    }

    @Test
    void shouldKeepItWhenSomebodyComesFirst() {
        subscribeAndLeave(ANY);
        bench.client().send(NEWS, 3);
        pass(TIMEOUT_S - 2);
        bench.lag(topicBesideHome());
        TestClient reader = reader();
        ConsumerSpec spec = reader.durableSpec(ANY, "s", 10, "");
        Answer answer = reader.subscribe(spec);
        passTimeout();
        assertThat(answer.isOpen()).isTrue();
        bench.catchUp();

        assertThat(answer.isDone()).isTrue();
        assertThat(reader.received(spec.id())).containsExactly(1L, 2L, 3L);
        pass(5);
        bench.client().send(NEWS, 1);
        assertThat(reader.received(spec.id())).containsExactly(1L, 2L, 3L, 1L);
    }

    @Test
    void shouldGiveANewOneToWhoComesWhileItEnds() {
        subscribeAndLeave(ANY);
        bench.client().send(NEWS, 3);
        pass(TIMEOUT_S - 1);
        bench.lag(topicBesideHome());
        pass(4);
        TestClient reader = reader();
        ConsumerSpec spec = reader.durableSpec(ANY, "s", 10, "");
        Answer answer = reader.subscribe(spec);
        assertThat(answer.isOpen()).isTrue();
        bench.catchUp();

        assertThat(answer.isDone()).isTrue();
        passTimeout();
        bench.client().send(topicBesideHome(), 1);
        bench.client().send(NEWS, 1);
        assertThat(reader.received(spec.id())).containsExactly(1L, 1L);
    }

    @Test
    void shouldTellWhoUnsubscribesLater() {
        subscribeAndLeave(ANY);
        passTimeout();
        assertThat(reader().removeSubscription("s").refusal().message()).startsWith("No durable subscription exists");
    }
}
