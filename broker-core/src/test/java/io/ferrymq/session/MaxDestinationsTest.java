package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies that say how many destinations there may be. */
class MaxDestinationsTest {
    private static final int MOST = 3;

    private Bench bench = bench(4);

    private static Bench bench(int shards) {
        return new Bench(
                shards,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(DestinationName.queue("a.>"))
                        .maxDestinations(MOST)
                        .build(),
                DestinationPolicy.of(DestinationName.queue("a.open.>")).build(),
                DestinationPolicy.of(DestinationName.queue("a.few.>"))
                        .maxDestinations(1)
                        .build());
    }

    private Answer send(String queue) {
        TestClient client = bench.client();
        return client.send(client.message(DestinationName.queue(queue), true, 0), TransactionId.NONE);
    }

    private void assertRefused(String queue, int most, String policy) {
        Refusal refusal = send(queue).refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.DESTINATION_LIMIT);
        assertThat(refusal.message())
                .isEqualTo("The maxmimum number of destinations allowed (" + most + ") for the policy queue://" + policy
                        + " has already been reached.");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldTakeAsManyAsThePolicyAllowsInAllShardsTogether(int shards) {
        bench = bench(shards);
        assertThat(IntStream.range(0, 20).filter(i -> send("a." + i).isDone())).hasSize(MOST);
        assertRefused("a.20", MOST, "a.>");
        assertThat(bench.queueNames()).hasSize(MOST);
        assertThat(send("b").isDone()).isTrue();
    }

    @Test
    void shouldCountThoseThatHaveAMoreSpecificPolicyToo() {
        assertThat(IntStream.range(0, MOST).allMatch(i -> send("a.open." + i).isDone()))
                .isTrue();
        assertRefused("a.one", MOST, "a.>");
        assertThat(send("a.open.more").isDone()).isTrue();
        assertThat(send("a.few.one").isDone()).isTrue();
        assertRefused("a.few.two", 1, "a.few.>");
    }

    @Test
    void shouldTakeAnotherWhenOneIsRemoved() {
        IntStream.range(0, MOST).forEach(i -> send("a." + i));
        Answer removal = new Answer();
        bench.client().port().removeDestination(DestinationName.queue("a.0"), removal);
        bench.run();
        assertThat(send("a.new").isDone()).isTrue();
        assertRefused("a.more", MOST, "a.>");
    }

    @Test
    void shouldKeepWhatThereIsOverARestart() {
        IntStream.range(0, MOST).forEach(i -> send("a." + i));
        bench = bench.crashAndRestart();
        assertRefused("a.new", MOST, "a.>");
        assertThat(send("a.0").isDone()).isTrue();
    }

    @Test
    void shouldRefuseATransactionThatNeedsOneMore() {
        IntStream.range(0, MOST).forEach(i -> send("a." + i));
        TestClient client = bench.client();
        TransactionId transaction = client.begin(1);
        Answer sent = client.send(client.message(DestinationName.queue("a.new"), true, 0), transaction);
        assertThat(sent.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_LIMIT);
    }
}
