package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions over destinations of one shard and of several. */
class TransactionBehaviourTest {
    private static final List<DestinationName> QUEUES = List.of(
            DestinationName.queue("A"),
            DestinationName.queue("B"),
            DestinationName.queue("C"),
            DestinationName.queue("D"));

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldShowSendsOnlyWhenCommitted(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        TransactionId transaction = client.begin(1);
        for (DestinationName queue : QUEUES) {
            client.send(client.message(queue, true, 0), transaction);
            client.send(client.message(queue, false, 0), transaction);
            client.consume(queue, 10);
        }
        assertThat(client.deliveries).isEmpty();
        assertThat(client.commit(transaction).isDone()).isTrue();
        assertThat(client.deliveries).hasSize(8);
        for (int i = 0; i < QUEUES.size(); i++) {
            DestinationName queue = QUEUES.get(i);
            List<Long> there = client.deliveries.stream()
                    .filter(delivery -> delivery.message().destination().equals(queue))
                    .map(delivery -> delivery.message().id().sequence())
                    .toList();
            assertThat(there).containsExactly(2L * i + 1, 2L * i + 2);
        }
    }

    /** They are never held back, because their commit would wait behind them: without this a heap would be full of them. */
    @Test
    void shouldFailATransactionThatNeedsMoreThanTheMemoryThereIs() {
        Bench bench = new Bench(1, Limits.defaults().withMemoryBytes(10_000), new MemoryLog(Long.MAX_VALUE));
        TestClient client = bench.client();
        TransactionId transaction = client.begin(1);
        for (int i = 0; i < 100; i++) {
            client.send(client.message(QUEUES.get(0), true, 0), transaction);
        }
        assertThat(client.commit(transaction).refusal().message()).contains("memory limit reached");
        client.consume(QUEUES.get(0), 10);
        assertThat(client.deliveries).isEmpty();
        client.send(QUEUES.get(0), 1);
        assertThat(client.deliveries).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldForgetSendsThatAreRolledBack(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        TransactionId transaction = client.begin(1);
        for (DestinationName queue : QUEUES) {
            client.send(client.message(queue, true, 0), transaction);
        }
        assertThat(client.rollback(transaction).isDone()).isTrue();
        QUEUES.forEach(queue -> client.consume(queue, 10));
        assertThat(client.deliveries).isEmpty();
        assertThat(client.commit(transaction).refusal().message()).endsWith("has not been started.");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldConsumeAndSendTogetherAndKeepThatOverACrash(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.send(QUEUES.get(0), 2);
        ConsumerId consumer = client.consume(QUEUES.get(0), 10);
        TransactionId transaction = client.begin(1);
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(0), client.deliveries.get(1), 2, transaction);
        client.send(client.message(QUEUES.get(1), true, 0), transaction);
        client.send(client.message(QUEUES.get(2), true, 0), transaction);
        client.commit(transaction);

        Bench restarted = bench.crashAndRestart();
        TestClient reader = restarted.client();
        QUEUES.forEach(queue -> reader.consume(queue, 10));
        List<String> found = new ArrayList<>();
        for (Delivery delivery : reader.deliveries) {
            found.add(delivery.message().destination().physicalName());
        }
        assertThat(found).containsExactlyInAnyOrder("B", "C");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldLoseAnUncommittedTransactionInACrash(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.send(QUEUES.get(0), 1);
        ConsumerId consumer = client.consume(QUEUES.get(0), 10);
        TransactionId transaction = client.begin(1);
        client.ack(AckType.STANDARD, consumer, client.last(), client.last(), 1, transaction);
        client.send(client.message(QUEUES.get(1), true, 0), transaction);

        TestClient reader = bench.crashAndRestart().client();
        QUEUES.forEach(queue -> reader.consume(queue, 10));
        assertThat(reader.deliveries).hasSize(1);
        assertThat(reader.last().redeliveries()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldLeaveRolledBackMessagesWithTheirConsumer(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.send(QUEUES.get(0), 2);
        ConsumerId consumer = client.consume(QUEUES.get(0), 1);
        TransactionId transaction = client.begin(1);
        client.ack(AckType.STANDARD, consumer, client.last(), client.last(), 1, transaction);
        client.rollback(transaction);
        assertThat(client.received(consumer)).containsExactly(1L);
        assertThat(client.ack(AckType.STANDARD, consumer, client.last()).isDone())
                .isTrue();
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRollBackWhenTheConnectionIsLost(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient lost = bench.client();
        lost.send(QUEUES.get(0), 1);
        ConsumerId consumer = lost.consume(QUEUES.get(0), 1);
        TransactionId transaction = lost.begin(1);
        lost.ack(AckType.STANDARD, consumer, lost.last(), lost.last(), 1, transaction);
        lost.send(lost.message(QUEUES.get(1), true, 0), transaction);
        lost.close();
        TestClient next = bench.client();
        QUEUES.forEach(queue -> next.consume(queue, 10));
        assertThat(next.deliveries).hasSize(1);
        assertThat(next.last().redeliveries()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseToCommitWhatFailedAndUndoAllOfIt(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        TransactionId transaction = client.begin(1);
        for (DestinationName queue : QUEUES) {
            client.send(client.message(queue, true, 0), transaction);
        }
        DestinationName gone = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:gone:1");
        Answer failed = client.send(client.message(gone, false, 0), transaction);
        assertThat(failed.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_DOES_NOT_EXIST);
        Answer commit = client.commit(transaction);
        assertThat(commit.refusal().code()).isEqualTo(Refusal.Code.TRANSACTION_ROLLED_BACK);
        QUEUES.forEach(queue -> client.consume(queue, 10));
        assertThat(client.deliveries).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefusePoisonInATransaction(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.send(QUEUES.get(0), 1);
        ConsumerId consumer = client.consume(QUEUES.get(0), 1);
        Answer answer = client.ack(AckType.POISON, consumer, client.last(), client.last(), 1, client.begin(1));
        assertThat(answer.refusal().message()).startsWith("Poison ack cannot be transacted");
    }

    @Test
    void shouldPrepareNoLocalTransaction() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        TransactionId transaction = client.begin(77);
        Answer answer = new Answer();
        client.port().prepare(transaction, Vote.of(answer));
        bench.run();
        assertThat(answer.refusal().code()).isEqualTo(Refusal.Code.ILLEGAL_STATE);
        assertThat(answer.refusal().message())
                .isEqualTo("Cannot prepare a transaction that had not been started or previously returned XA_RDONLY: "
                        + transaction);
    }
}
