package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.Xid;
import io.ferrymq.policy.CompositeDestination;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.policy.VirtualTopic;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that an operator makes stand for others. */
class VirtualDestinationBehaviourTest {
    private static final DestinationName A = DestinationName.queue("A");
    private static final DestinationName B = DestinationName.queue("B");
    private static final DestinationName C = DestinationName.queue("C");
    private static final DestinationName TOPIC = DestinationName.topic("T");

    private Bench bench = Bench.bench();
    private TestClient client = bench.client();

    private void with(int shards, VirtualDestination... virtual) {
        bench = Bench.bench(shards, virtual);
        client = bench.client();
    }

    private void with(VirtualDestination... virtual) {
        with(1, virtual);
    }

    /** What waits in a queue, as sequences per producer. */
    private List<Long> waiting(DestinationName queue) {
        return client.received(client.consume(queue, 100, 0, true));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldForwardAndKeepNothing(int shards) {
        with(shards, CompositeDestination.of(A, B, C, TOPIC));
        ConsumerId subscriber = client.consume(TOPIC, 10);
        client.send(A, 2);

        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).containsExactly(1L, 2L);
        assertThat(waiting(C)).containsExactly(1L, 2L);
        assertThat(client.received(subscriber)).containsExactly(1L, 2L);
        assertThat(client.deliveries)
                .allSatisfy(delivery ->
                        assertThat(delivery.message().originalDestination()).contains(A));
    }

    @Test
    void shouldForwardToOne() {
        with(CompositeDestination.of(A, B));
        client.send(A, 1);

        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).containsExactly(1L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldKeepWhatIsNotForwardedOnly(int shards) {
        with(shards, CompositeDestination.of(TOPIC, B).withForwardOnly(false));
        ConsumerId subscriber = client.consume(TOPIC, 10);
        client.send(TOPIC, 1);

        assertThat(client.received(subscriber)).containsExactly(1L);
        assertThat(waiting(B)).containsExactly(1L);
    }

    @Test
    void shouldForwardByWildcard() {
        with(CompositeDestination.of(DestinationName.queue("in.>"), B));
        client.send(DestinationName.queue("in.1"), 1);
        client.send(DestinationName.queue("in.2.x"), 1);
        client.send(A, 1);

        assertThat(waiting(B)).containsExactly(1L, 2L);
        assertThat(waiting(A)).containsExactly(3L);
    }

    @Test
    void shouldForwardWhatASelectorMatches() {
        with(CompositeDestination.of(A).andTo(B, "colour = 'red'").andTo(C, "colour = 'red' OR weight > 5"));
        client.send(A, "colour=red");
        client.send(A, "colour=blue;weight=7");
        client.send(A, "colour=blue");

        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).containsExactly(1L);
        assertThat(waiting(C)).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepWhatNothingMatches(boolean forwardOnly) {
        with(CompositeDestination.of(A)
                .andTo(B, "colour = 'red'")
                .withForwardOnly(forwardOnly)
                .withSendWhenNotMatched(true));
        client.send(A, "colour=red");
        client.send(A, "colour=blue");

        assertThat(waiting(A)).containsExactly(2L);
        assertThat(waiting(B)).containsExactly(1L);
    }

    @Test
    void shouldAnswerForWhatGoesNowhere() {
        with(CompositeDestination.of(A).andTo(B, "FALSE"));
        Message message = client.message(A, true, 0);

        assertThat(client.send(message, TransactionId.NONE).isDone()).isTrue();
        TransactionId local = client.begin(1);
        assertThat(client.send(message, local).isDone()).isTrue();
        assertThat(client.commit(local).isDone()).isTrue();
        TransactionId global = client.begin(new Xid(1, new byte[] {1}, new byte[] {1}));
        assertThat(client.send(message, global).isDone()).isTrue();
        assertThat(client.commit(global).isDone()).isTrue();
        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldFollowChains() {
        with(CompositeDestination.of(A, B), CompositeDestination.of(B, C).withForwardOnly(false));
        client.send(A, 1);
        client.consume(C, 10);

        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).containsExactly(1L);
        assertThat(client.deliveries.get(0).message().originalDestination()).contains(B);
    }

    @Test
    void shouldStopWhereALoopBegins() {
        with(CompositeDestination.of(A, B), CompositeDestination.of(B, C, A), CompositeDestination.of(C, C));
        client.send(A, 1);
        client.send(B, 1);

        assertThat(waiting(A)).containsExactly(1L);
        assertThat(waiting(B)).containsExactly(2L);
        assertThat(waiting(C)).containsExactly(1L, 2L);
    }

    @Test
    void shouldReachOnceWhatTwoWaysLeadTo() {
        with(CompositeDestination.of(TOPIC, A, B, C), CompositeDestination.of(A, C), CompositeDestination.of(B, C));
        client.send(TOPIC, 1);

        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(C)).containsExactly(1L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBeOneTransaction(int shards) {
        with(shards, CompositeDestination.of(A, B, C));
        TransactionId undone = client.begin(1);
        client.send(client.message(A, true, 0), undone);
        client.rollback(undone);
        TransactionId done = client.begin(2);
        client.send(client.message(A, true, 0), done);

        assertThat(waiting(B)).isEmpty();
        client.commit(done);
        bench = bench.crashAndRestart();
        client = bench.client();
        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).containsExactly(2L);
        assertThat(waiting(C)).containsExactly(2L);
    }

    @Test
    void shouldForwardWhatIsScheduledWhenItIsDue() {
        with(CompositeDestination.of(A, B, C));
        Message later = client.message(A, true, 0).toBuilder()
                .schedule(new Schedule(1_000, 0, 0, ""))
                .build();
        client.send(later, TransactionId.NONE);
        assertThat(waiting(B)).isEmpty();
        bench.advance(1_000);

        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).hasSize(1);
        assertThat(waiting(C)).hasSize(1);
    }

    @Test
    void shouldNameTheQueueWhereAForwardedMessageDied() {
        DestinationName letters = DestinationName.queue("ActiveMQ.DLQ");
        with(CompositeDestination.of(A, B));
        client.send(A, 1);
        ConsumerId consumer = client.consume(B, 10);
        client.ack(AckType.POISON, consumer, client.last());
        ConsumerId ofLetters = client.consume(letters, 10);

        assertThat(client.last().message().originalDestination()).contains(B);
        client.ack(AckType.POISON, ofLetters, client.last());
        assertThat(client.received(ofLetters)).containsExactly(1L, 1L);
        assertThat(client.last().message().originalDestination()).contains(B);
    }

    @Test
    void shouldForwardFromACompositeNameAndAWildcard() {
        with(CompositeDestination.of(A, B));
        client.send(DestinationName.queue("A,C"), 1);
        client.port().addDestination(A, Receipt.NONE);
        bench.run();
        client.send(DestinationName.queue(">"), 1);

        assertThat(waiting(A)).isEmpty();
        assertThat(waiting(B)).containsExactly(1L, 2L);
        assertThat(waiting(C)).containsExactly(1L, 2L);
    }

    @Test
    void shouldNameTheQueuesOfAVirtualTopicAsConfigured() {
        with(VirtualTopic.of("events.>").withPrefix("group.*.").withPostfix(".in"));
        ConsumerId one = client.consume(DestinationName.queue("group.one.events.new.in"), 10);
        ConsumerId all = client.consume(DestinationName.queue("group.all.events.*.in"), 10);
        ConsumerId other = client.consume(DestinationName.queue("group.one.other.in"), 10);
        ConsumerId usual = client.consume(DestinationName.queue("Consumer.A.VirtualTopic.new"), 10);
        client.send(DestinationName.topic("events.new"), 1);
        client.send(DestinationName.topic("events.old"), 1);
        client.send(DestinationName.topic("other"), 1);
        client.send(DestinationName.topic("VirtualTopic.new"), 1);

        assertThat(client.received(one)).containsExactly(1L);
        assertThat(client.received(all)).containsExactly(1L, 2L);
        assertThat(client.received(other)).isEmpty();
        assertThat(client.received(usual)).isEmpty();
    }

    @Test
    void shouldHaveTheUsualVirtualTopicsBesideComposites() {
        DestinationName queue = DestinationName.queue("Consumer.A.VirtualTopic.new");
        with(CompositeDestination.of(queue, B));
        ConsumerId consumer = client.consume(queue, 10);
        client.send(DestinationName.topic("VirtualTopic.new"), 1);

        assertThat(client.received(consumer)).isEmpty();
        assertThat(waiting(B)).containsExactly(1L);
    }

    @Test
    void shouldTakeEveryTopicForAVirtualOne() {
        with(VirtualTopic.of(">").withPrefix("VTC.*."), VirtualTopic.of("VirtualTopic.>"));
        ConsumerId one = client.consume(DestinationName.queue("VTC.x.T"), 10);
        ConsumerId other = client.consume(DestinationName.queue("Consumer.x.VirtualTopic.a"), 10);
        client.send(TOPIC, 1);
        client.send(DestinationName.topic("VirtualTopic.a"), 1);

        assertThat(client.received(one)).containsExactly(1L);
        assertThat(client.received(other)).containsExactly(2L);
    }
}
