package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scheduled messages that are in the journal only. */
class StoredScheduleTest {
    private static final DestinationName QUEUE = DestinationName.queue("A");
    private static final DestinationName BUSY = DestinationName.queue("BUSY");
    private static final int BODY_BYTES = 1_000;
    private static final long HOUR_MS = 3_600_000;

    private Bench bench = Bench.away(1, 20_000);
    private TestClient client = bench.client();

    private void schedule(int count, Schedule schedule) {
        for (int i = 0; i < count; i++) {
            Message message = client.message(QUEUE, true, 0).toBuilder()
                    .body((byte) 24, false, new byte[BODY_BYTES])
                    .schedule(schedule)
                    .build();
            client.send(message, TransactionId.NONE);
        }
    }

    private static Schedule in(long delayMs) {
        return new Schedule(delayMs, 0, 0, "");
    }

    private List<ScheduledMessage> list() {
        List<ScheduledMessage> all = new ArrayList<>();
        bench.sessions().scheduled().list(Long.MIN_VALUE, Long.MAX_VALUE, all::addAll);
        bench.run();
        return all;
    }

    private void assertDelivered(long last) {
        TestClient reader = bench.client();
        ConsumerId consumer = reader.consume(QUEUE, 10_000);
        assertThat(reader.received(consumer))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, last).boxed().toList());
        assertThat(reader.deliveries).allMatch(delivery -> delivery.message().body().length == BODY_BYTES);
    }

    @Test
    void shouldTakeNothingOfTheHeapUntilTheyAreDue() {
        schedule(1_000, in(HOUR_MS));
        bench.advance(1);
        assertThat(bench.usedBytes()).isZero();
        bench.advance(HOUR_MS);
        assertDelivered(1_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldComeBackAfterARestart(boolean clean) {
        schedule(300, in(HOUR_MS));
        bench = clean ? bench.stopAndRestart() : bench.crashAndRestart();
        assertThat(bench.usedBytes()).isZero();
        assertThat(list()).hasSize(300).allMatch(one -> one.message().body().length == BODY_BYTES);
        bench.advance(2 * HOUR_MS);
        assertThat(list()).isEmpty();
        assertDelivered(300);
    }

    @Test
    void shouldBeListedInOrderAndRemoved() {
        schedule(1, in(3 * HOUR_MS));
        schedule(1, in(HOUR_MS));
        schedule(300, in(2 * HOUR_MS));
        List<ScheduledMessage> all = list();
        assertThat(all).hasSize(302).extracting(ScheduledMessage::dueMs).isSorted();
        bench.sessions().scheduled().remove(all.get(0).jobId(), Receipt.NONE);
        bench.sessions().scheduled().remove("ID:other:" + all.get(301).jobId(), Receipt.NONE);
        bench.run();
        assertThat(list()).hasSize(301);
        long inTwoHoursMs = all.get(1).dueMs();
        bench.sessions().scheduled().removeAll(inTwoHoursMs, inTwoHoursMs + 1_000, Receipt.NONE);
        bench.run();
        assertThat(list())
                .extracting(ScheduledMessage::jobId)
                .containsExactly(all.get(301).jobId());
        assertThat(bench.liveRecords()).isEqualTo(1);
        bench = bench.crashAndRestart();
        assertThat(list()).hasSize(1);
        assertThat(bench.liveRecords()).isEqualTo(1);
    }

    @Test
    void shouldFireRepeatedlyFromTheJournal() {
        schedule(1, new Schedule(HOUR_MS, HOUR_MS, 2, ""));
        TestClient reader = bench.client();
        ConsumerId consumer = reader.consume(QUEUE, 10);
        for (int hours = 1; hours <= 3; hours++) {
            bench.advance(HOUR_MS);
            assertThat(reader.received(consumer)).hasSize(hours);
        }
        assertThat(list()).isEmpty();
    }

    /** Of many the oldest segments have to be emptied in more than one batch. */
    @ParameterizedTest
    @ValueSource(ints = {3, 500})
    void shouldNotPinTheLog(int jobs) {
        schedule(jobs, in(HOUR_MS));
        int before = bench.journalStatus().segments();
        ConsumerId consumer = client.consume(BUSY, 10);
        for (int i = 0; i < 6 * BODY_BYTES; i++) {
            client.send(BUSY, 1);
            client.ack(AckType.STANDARD, consumer, client.last());
            bench.advance(5);
        }
        assertThat(bench.journalStatus().segments()).isLessThan(2 * before + 10);
        client.close();
        bench = bench.crashAndRestart();
        assertThat(list()).hasSize(jobs);
        client = bench.client();
        bench.advance(2 * HOUR_MS);
        assertDelivered(jobs);
        assertThat(bench.liveRecords()).isEqualTo(jobs + 2); // and both queues
    }

    @Test
    void shouldGiveUpOnlyTheOneThatIsDamaged() {
        schedule(3, in(HOUR_MS));
        bench.journal().damage(2);
        bench.advance(HOUR_MS);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(QUEUE, 10))).hasSize(2);
        assertThat(list()).isEmpty();
        assertThat(bench.liveRecords()).isEqualTo(3); // the messages and their queue
    }
}
