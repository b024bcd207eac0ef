package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.admin.ScheduleAdmin;
import io.ferrymq.admin.ScheduledMessageView;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are sent now and to be delivered later. The bench's clock starts at 00:16:40. */
class ScheduleBehaviourTest {
    private static final DestinationName QUEUE = DestinationName.queue("A");
    private static final DestinationName SEVERAL = DestinationName.queue("A,B,C,topic://T");
    private static final Schedule IN_A_SECOND = new Schedule(1_000, 0, 0, "");
    private static final Schedule FOUR_TIMES = new Schedule(1_000, 500, 3, "");

    private static Message scheduled(TestClient client, DestinationName to, Schedule schedule) {
        return scheduled(client, to, schedule, true);
    }

    private static Message scheduled(TestClient client, DestinationName to, Schedule schedule, boolean persistent) {
        return client.message(to, persistent, 0).toBuilder().schedule(schedule).build();
    }

    private static List<ScheduledMessage> list(Bench bench) {
        List<ScheduledMessage> all = new ArrayList<>();
        bench.sessions().scheduled().list(Long.MIN_VALUE, Long.MAX_VALUE, all::addAll);
        bench.run();
        return all;
    }

    private static List<String> jobs(TestClient client) {
        return client.deliveries.stream()
                .map(delivery -> String.valueOf(delivery.message().annotations().get("scheduledJobId")))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverAfterTheDelay(boolean persistent) {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        Message message = scheduled(client, QUEUE, IN_A_SECOND, persistent);
        assertThat(client.send(message, TransactionId.NONE).isDone()).isTrue();
        String jobId = list(bench).get(0).jobId();
        bench.advance(999);
        assertThat(client.deliveries).isEmpty();
        bench.advance(1);
        assertThat(client.deliveries).hasSize(1);
        Message delivered = client.last().message();
        assertThat(delivered.id()).isEqualTo(message.id());
        assertThat(delivered.persistent()).isEqualTo(persistent);
        assertThat(delivered.schedule()).isEmpty();
        assertThat(delivered.annotations()).containsEntry("scheduledJobId", jobId);
        bench.advance(100_000);
        assertThat(client.deliveries).hasSize(1);
        assertThat(list(bench)).isEmpty();
    }

    @Test
    void shouldDeliverAtOnceWhatIsNotDelayed() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        client.send(scheduled(client, QUEUE, new Schedule(0, 0, 0, "")), TransactionId.NONE);
        client.send(scheduled(client, QUEUE, new Schedule(-5, -5, 0, " ")), TransactionId.NONE);
        assertThat(client.deliveries).hasSize(2);
    }

    @Test
    void shouldRepeatWithNewIdsAndOneJobId() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        Message message = scheduled(client, QUEUE, FOUR_TIMES);
        client.send(message, TransactionId.NONE);
        for (int delivered = 1; delivered <= 4; delivered++) {
            bench.advance(delivered == 1 ? 999 : 499);
            assertThat(client.deliveries).hasSize(delivered - 1);
            bench.advance(1);
            assertThat(client.deliveries).hasSize(delivered);
        }
        bench.advance(100_000);
        assertThat(client.deliveries).hasSize(4);
        assertThat(client.deliveries.stream().map(delivery -> delivery.message().id()))
                .doesNotContain(message.id())
                .doesNotHaveDuplicates();
        assertThat(jobs(client)).containsOnly(jobs(client).get(0));
        assertThat(bench.usedBytes()).isEqualTo(4L * message.footprintBytes());
    }

    @Test
    void shouldWaitForThePeriodWhereThereIsNoDelay() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        client.send(scheduled(client, QUEUE, new Schedule(0, 2_000, -1, "")), TransactionId.NONE);
        bench.advance(1_999);
        assertThat(client.deliveries).isEmpty();
        for (int delivered = 1; delivered < 10; delivered++) {
            bench.advance(delivered == 1 ? 1 : 2_000);
            assertThat(client.deliveries).hasSize(delivered);
        }
    }

    @Test
    void shouldNotRepeatWithoutPause() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        client.send(scheduled(client, QUEUE, new Schedule(10, 0, -1, "")), TransactionId.NONE);
        bench.advance(10);
        bench.advance(499);
        assertThat(client.deliveries).hasSize(1);
        bench.advance(1);
        assertThat(client.deliveries).hasSize(2);
    }

    @Test
    void shouldDeliverAtTheTimesOfACronExpression() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        client.send(scheduled(client, QUEUE, new Schedule(0, 0, 0, "*/20 * * * *")), TransactionId.NONE);
        bench.advance(199_999);
        assertThat(client.deliveries).isEmpty();
        bench.advance(1);
        assertThat(client.deliveries).hasSize(1);
        bench.advance(20 * 60_000 - 1);
        assertThat(client.deliveries).hasSize(1);
        bench.advance(1);
        assertThat(client.deliveries).hasSize(2);
    }

    @Test
    void shouldBeginDelayAndRepeatsAtEachCronTime() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 100);
        client.send(scheduled(client, QUEUE, new Schedule(1_000, 2_000, 2, "0 * * * *")), TransactionId.NONE);
        long untilOneMs = 60 * 60_000 - 1_000_000;
        for (long untilMs : new long[] {untilOneMs, 60 * 60_000 - 5_000}) {
            client.deliveries.clear();
            bench.advance(untilMs + 999);
            assertThat(client.deliveries).isEmpty();
            bench.advance(1);
            bench.advance(2_000);
            bench.advance(2_000);
            assertThat(client.deliveries).hasSize(3);
        }
    }

    @Test
    void shouldShiftTheTimeToLive() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        long nowMs = bench.epochMs();
        client.send(
                scheduled(client, QUEUE, IN_A_SECOND).toBuilder()
                        .timestampMs(nowMs)
                        .expirationMs(nowMs + 300)
                        .build(),
                TransactionId.NONE);
        bench.advance(1_000);
        assertThat(client.last().message().timestampMs()).isEqualTo(nowMs + 1_000);
        assertThat(client.last().message().expirationMs()).isEqualTo(nowMs + 1_300);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldReachEveryMemberOfACompositeName(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        for (String name : List.of("A", "B", "C")) {
            client.consume(DestinationName.queue(name), 10);
        }
        client.consume(DestinationName.topic("T"), 10);
        client.send(scheduled(client, SEVERAL, FOUR_TIMES), TransactionId.NONE);
        bench.advance(1_000);
        assertThat(client.deliveries).hasSize(4);
        assertThat(client.deliveries).allSatisfy(one -> assertThat(one.message().originalDestination())
                .hasValue(SEVERAL));
        bench.advance(500);
        assertThat(client.deliveries).hasSize(8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldScheduleWithTheCommit(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        TransactionId transaction = client.begin(1);
        client.send(scheduled(client, QUEUE, IN_A_SECOND), transaction);
        client.send(client.message(DestinationName.queue("B"), true, 0), transaction);
        bench.advance(5_000);
        assertThat(list(bench)).isEmpty();
        assertThat(client.commit(transaction).isDone()).isTrue();
        assertThat(list(bench)).hasSize(1);
        bench.advance(999);
        assertThat(client.deliveries).isEmpty();
        Bench restarted = bench.crashAndRestart();
        TestClient reader = restarted.client();
        reader.consume(QUEUE, 10);
        restarted.advance(1);
        assertThat(reader.deliveries).hasSize(1);
    }

    @Test
    void shouldScheduleNothingThatIsRolledBack() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        TransactionId transaction = client.begin(1);
        client.send(scheduled(client, QUEUE, IN_A_SECOND), transaction);
        client.rollback(transaction);
        assertThat(list(bench)).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        for (Schedule impossible : List.of(
                new Schedule(1, 1, 1_001, ""),
                new Schedule(0, 0, 0, "every day"),
                new Schedule(0, 0, 0, "0 0 31 2 *"))) {
            Answer answer = client.send(scheduled(client, QUEUE, impossible), TransactionId.NONE);
            assertThat(answer.refusal().code()).isEqualTo(Refusal.Code.INVALID_MESSAGE);
        }
        TransactionId transaction = client.begin(1);
        client.send(scheduled(client, QUEUE, new Schedule(1, 1, 1_001, "")), transaction);
        assertThat(client.commit(transaction).refusal().message())
                .endsWith(": The scheduled repeat value is too large");
        assertThat(list(bench)).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverAtOnceWhatBecameDueWhileTheBrokerWasDown(boolean clean) {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.send(scheduled(client, QUEUE, new Schedule(3_000, 0, 0, "")), TransactionId.NONE);
        client.send(scheduled(client, QUEUE, new Schedule(1_000, 0, 0, "")), TransactionId.NONE);
        client.send(scheduled(client, QUEUE, new Schedule(2_000, 0, 0, "")), TransactionId.NONE);
        client.send(scheduled(client, QUEUE, new Schedule(900_000, 0, 0, "")), TransactionId.NONE);
        Bench restarted = clean ? bench.stopAndRestart() : bench.crashAndRestart();
        TestClient reader = restarted.client();
        restarted.advance(100_000);
        ConsumerId consumer = reader.consume(QUEUE, 10);
        assertThat(reader.received(consumer)).containsExactly(2L, 3L, 1L);
        restarted.advance(800_000);
        assertThat(reader.received(consumer)).containsExactly(2L, 3L, 1L, 4L);
    }

    /** Not once for each time that was missed. */
    @Test
    void shouldGoOnWithARepeatedJobAfterARestart() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.send(scheduled(client, QUEUE, FOUR_TIMES), TransactionId.NONE);
        bench.advance(1_000);
        bench.advance(500);
        Bench restarted = bench.crashAndRestart();
        TestClient reader = restarted.client();
        reader.consume(QUEUE, 10);
        assertThat(reader.deliveries).hasSize(2);
        restarted.advance(60_000);
        assertThat(reader.deliveries).hasSize(3);
        restarted.advance(500);
        assertThat(reader.deliveries).hasSize(4);
        restarted.advance(60_000);
        assertThat(reader.deliveries).hasSize(4);
        assertThat(restarted.journalStatus().liveRecords()).isEqualTo(5); // the queue and its messages
    }

    /** The crash comes between "due" and "durable", or right after: the message is there once, whatever the disk has seen. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountOnceOverACrashInTheMiddle(boolean written) {
        Bench bench = Bench.bench(4);
        TestClient client = bench.client();
        client.send(scheduled(client, DestinationName.queue("A,B,C"), FOUR_TIMES), TransactionId.NONE);
        bench.journal().stall(Integer.MAX_VALUE);
        bench.advance(1_000);
        if (written) {
            bench.journal().letThrough();
            bench.run();
        }
        Bench restarted = bench.crashAndRestart();
        TestClient reader = restarted.client();
        restarted.run();
        for (String name : List.of("A", "B", "C")) {
            reader.consume(DestinationName.queue(name), 10);
        }
        assertThat(reader.deliveries).hasSize(3);
        for (int i = 0; i < 5; i++) {
            restarted.advance(500);
        }
        assertThat(reader.deliveries).hasSize(12);
    }

    @Test
    void shouldNotScheduleAgainWhatAFailoverClientSendsAgain() {
        Bench bench = Bench.bench();
        TestClient client = bench.connect("ID:again", false);
        Message message = scheduled(client, QUEUE, IN_A_SECOND);
        client.send(message, TransactionId.NONE);
        Bench restarted = bench.crashAndRestart();
        TestClient resumed = restarted.connect("ID:again", true);
        assertThat(resumed.send(message, TransactionId.NONE).isDone()).isTrue();
        assertThat(list(restarted)).hasSize(1);
    }

    @Test
    void shouldGiveUpWhatCannotArriveAnyMore() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        DestinationName temporary = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:client-1:1");
        client.port().addDestination(temporary, Receipt.NONE);
        client.send(scheduled(client, temporary, IN_A_SECOND), TransactionId.NONE);
        client.send(scheduled(client, QUEUE, IN_A_SECOND), TransactionId.NONE);
        client.close();
        TestClient reader = bench.client();
        reader.consume(QUEUE, 10);
        bench.advance(1_000);
        assertThat(reader.deliveries).hasSize(1);
        assertThat(list(bench)).isEmpty();
        reader.ack(AckType.STANDARD, reader.last().consumer(), reader.last());
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldWaitForMemoryAndThenDeliver() {
        Bench bench = new Bench(1, Limits.defaults().withMemoryBytes(10_000), new MemoryLog(Long.MAX_VALUE));
        TestClient client = bench.client();
        client.send(scheduled(client, QUEUE, new Schedule(1_000, 1_000, -1, "")), TransactionId.NONE);
        for (int second = 0; second < 60; second++) {
            bench.advance(1_000);
        }
        assertThat(bench.usedBytes()).isLessThan(12_500);
        ConsumerId consumer = client.consume(QUEUE, 100);
        int waiting = client.deliveries.size();
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(0), client.last(), waiting, TransactionId.NONE);
        bench.advance(2_000);
        assertThat(client.deliveries).hasSizeGreaterThan(waiting);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldListAndRemove(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        long nowMs = bench.epochMs();
        for (int i = 0; i < 10; i++) {
            DestinationName queue = DestinationName.queue("Q" + i);
            client.send(scheduled(client, queue, new Schedule(1_000 * (i + 1), 0, 0, "")), TransactionId.NONE);
        }
        List<ScheduledMessage> all = list(bench);
        assertThat(all.stream().map(ScheduledMessage::dueMs))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 10)
                        .mapToObj(i -> nowMs + i * 1_000)
                        .toList());
        ScheduledMessages scheduled = bench.sessions().scheduled();
        scheduled.remove(all.get(0).jobId(), Receipt.NONE);
        scheduled.remove("nobody", Receipt.NONE);
        scheduled.remove("ID:nobody:1:1:" + Long.MAX_VALUE, Receipt.NONE);
        Answer removed = new Answer();
        scheduled.removeAll(nowMs + 3_000, nowMs + 8_000, removed);
        assertThat(list(bench)).containsExactly(all.get(1), all.get(8), all.get(9));
        assertThat(removed.isDone()).isTrue();
        Bench restarted = bench.crashAndRestart();
        assertThat(list(restarted).stream().map(ScheduledMessage::jobId))
                .containsExactly(
                        all.get(1).jobId(), all.get(8).jobId(), all.get(9).jobId());
        assertThat(restarted.usedBytes()).isEqualTo(3L * Message.OVERHEAD_BYTES);
    }

    @Test
    @Timeout(60)
    void shouldShowAndObeyTheOperator() {
        Bench bench = Bench.bench(4);
        TestClient client = bench.client();
        for (int i = 1; i <= 5; i++) {
            DestinationName queue = DestinationName.queue("Q" + i);
            client.send(scheduled(client, queue, new Schedule(1_000 * i, i, 0, "")), TransactionId.NONE);
        }
        ScheduleAdmin admin = bench.admin().schedules();
        assertThat(ask(bench, admin::count)).isEqualTo(5);
        List<ScheduledMessageView> all = ask(bench, admin::list);
        assertThat(all.get(2).destination()).isEqualTo(DestinationName.queue("Q3"));
        assertThat(all.get(2).dueMs()).isEqualTo(bench.epochMs() + 3_000);
        assertThat(all.get(2).schedule()).isEqualTo(new Schedule(3_000, 3, 0, ""));
        assertThat(all.get(2).messageId()).isEqualTo("ID:client-1:1:1:3");
        ask(bench, () -> {
            admin.remove(all.get(2).jobId());
            admin.removeAll(bench.epochMs() + 4_000, Long.MAX_VALUE);
            return true;
        });
        assertThat(ask(bench, admin::list)).isEqualTo(all.subList(0, 2));
    }

    /** Operators wait for their answers, and nothing happens on the bench by itself. */
    private static <T> T ask(Bench bench, Supplier<T> question) {
        CompletableFuture<T> answer = CompletableFuture.supplyAsync(question);
        while (!answer.isDone()) {
            bench.run();
        }
        return answer.join();
    }

    @Test
    void shouldEndARepeatedJobThatIsRemovedWhileItFires() {
        Bench bench = Bench.bench();
        TestClient client = bench.client();
        client.consume(QUEUE, 10);
        client.send(scheduled(client, QUEUE, FOUR_TIMES), TransactionId.NONE);
        String jobId = list(bench).get(0).jobId();
        bench.journal().stall(Integer.MAX_VALUE);
        bench.advance(1_000);
        bench.sessions().scheduled().remove(jobId, Receipt.NONE);
        bench.run();
        bench.journal().letThrough();
        bench.advance(10_000);
        assertThat(client.deliveries).hasSize(1);
        assertThat(list(bench)).isEmpty();
        assertThat(list(bench.crashAndRestart())).isEmpty();
    }

    @Test
    void shouldFireManyInTheirOrder() {
        Bench bench = Bench.bench(2);
        TestClient client = bench.client();
        for (int i = 0; i < 5_000; i++) {
            Message message = scheduled(client, QUEUE, new Schedule(1_000 + (i * 7_919L) % 5_000, 0, 0, ""));
            client.port().send(message, TransactionId.NONE, Receipt.NONE);
        }
        bench.run();
        ConsumerId consumer = client.consume(QUEUE, 10_000);
        bench.advance(10_000);
        List<Long> expected = LongStream.rangeClosed(1, 5_000)
                .boxed()
                .sorted(Comparator.comparingLong(sequence -> (sequence - 1) * 7_919L % 5_000))
                .toList();
        assertThat(client.received(consumer)).isEqualTo(expected);
    }

    /** A job that goes on for ever must not keep the log of all that happened since it began. */
    @Test
    void shouldNotPinTheLog() {
        Bench bench = new Bench(1, Limits.defaults(), new MemoryLog(2_000));
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(QUEUE, 10);
        client.send(scheduled(client, QUEUE, new Schedule(0, 0, 0, "0 0 1 1 *")), TransactionId.NONE);
        client.send(scheduled(client, DestinationName.topic("T"), new Schedule(10, 10, -1, "")), TransactionId.NONE);
        for (int i = 0; i < 500; i++) {
            client.send(QUEUE, 1);
            Delivery last = client.last();
            client.ack(AckType.STANDARD, consumer, last);
            bench.advance(10);
        }
        assertThat(bench.journalStatus().segments()).isLessThan(10);
        assertThat(list(bench.crashAndRestart())).hasSize(2);
    }
}
