package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Receipt;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Schedule;
import io.ferrymq.transaction.TransactionId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What the snapshot of a clean stop must have, and when there must be none. */
class SnapshotBehaviourTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final int STALLED = 1_000;

    private Bench bench = Bench.bench(4);
    private TestClient producer = bench.client();

    /** The second queue is in another shard than the first. */
    private DestinationName beside() {
        return IntStream.range(0, 100)
                .mapToObj(i -> DestinationName.queue("Q." + i))
                .filter(queue -> bench.shardOf(queue) != bench.shardOf(ORDERS))
                .findFirst()
                .orElseThrow();
    }

    private static Limits memory(long bytes) {
        return Limits.defaults().withMemoryBytes(bytes);
    }

    /** Which of its shards gathers a commit is a matter of chance. */
    @RepeatedTest(8)
    void shouldNotBeThereWhileACommitIsOnItsWayToAnotherShard() {
        TransactionId transaction = producer.begin(1);
        producer.send(producer.message(beside(), true, 0), transaction);
        producer.send(producer.message(ORDERS, true, 0), transaction);
        bench.journal().stall(STALLED);
        producer.commit(transaction);
        bench.lag(ORDERS);
        bench.journal().letThrough();
        bench.run();
        assertThat(bench.isIdle()).isFalse();
        bench = bench.stopInHasteAndRestart();
        TestClient client = bench.client();
        assertThat(client.received(client.consume(ORDERS, 10))).containsExactly(2L);
    }

    @Test
    void shouldNotBeThereWhileSomethingHasNotTakenEffect() {
        bench.journal().stall(STALLED);
        producer.send(ORDERS, 1);
        assertThat(bench.isIdle()).isFalse();
        bench.journal().letThrough();
        bench.run();
        assertThat(bench.isIdle()).isTrue();
    }

    @Test
    void shouldNotBeThereWhileTheJournalHasNoRoom() {
        producer.send(ORDERS, 1);
        TestClient client = bench.client();
        client.consume(ORDERS, 10);
        bench.journal().stall(0);
        client.ack(AckType.INDIVIDUAL, client.last().consumer(), client.last());
        assertThat(bench.isIdle()).isFalse();
        bench.journal().letThrough();
        bench.run();
        assertThat(bench.isIdle()).isTrue();
    }

    @Test
    void shouldNotBeThereWhileAProducerIsHeld() {
        bench = new Bench(1, memory(2_000), new MemoryLog(Long.MAX_VALUE));
        producer = bench.client();
        producer.send(ORDERS, 2);
        assertThat(bench.isIdle()).isTrue();
        producer.port().send(producer.message(ORDERS, true, 0), TransactionId.NONE, Receipt.NONE);
        bench.run();
        assertThat(bench.isIdle()).isFalse();
    }

    @Test
    void shouldHaveAJobWhoseMessageIsOnItsWay() {
        Message later = producer.message(ORDERS, true, 0).toBuilder()
                .schedule(new Schedule(1_000, 0, 0, ""))
                .build();
        producer.send(later, TransactionId.NONE);
        bench.journal().stall(STALLED);
        bench.advance(2_000);
        assertThat(bench.snapshot()).anyMatch(record -> record instanceof Record.MessageScheduled);
        bench.journal().letThrough();
        bench.run();
        assertThat(bench.snapshot()).noneMatch(record -> record instanceof Record.MessageScheduled);
    }
}
