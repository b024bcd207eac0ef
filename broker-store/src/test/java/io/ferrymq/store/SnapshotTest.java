package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a clean stop keeps, that the log goes on behind it, and that nobody believes it when a byte is wrong. */
final class SnapshotTest {
    private static final int RECORDS = 3_000;
    private static final int LIVE = 100;

    @TempDir
    private Path data;

    private final List<Record> told = new ArrayList<>();

    private Journal open(StoreEngine engine) {
        return Stores.open(data, engine);
    }

    private Journal.Recovery recover(Journal journal) {
        told.clear();
        return journal.recover((lsn, record) -> told.add(record));
    }

    /** The last hundred messages are live when it stops; the others have been released. */
    private void fillAndStop(StoreEngine engine) {
        Journal journal = open(engine);
        recover(journal);
        JournalWatch watch = new JournalWatch();
        journal.start(watch);
        Stores.write(journal, watch, 1, RECORDS, 700);
        for (long lsn = 1; lsn <= RECORDS - LIVE; lsn++) {
            journal.release(lsn);
        }
        stop(journal, watch);
    }

    private static void stop(Journal journal, JournalWatch watch) {
        JournalEntry entry = Records.awaited(new Record.StoppedCleanly(RECORDS + 1));
        assertThat(journal.offer(entry)).isTrue();
        watch.awaitDurable(entry);
        journal.close(SnapshotTest::tell);
    }

    private static long[] live() {
        return LongStream.rangeClosed(RECORDS - LIVE + 1, RECORDS).toArray();
    }

    private static void tell(Journal.Visitor snapshot) {
        snapshot.onRecord(0, new Record.StoppedCleanly(RECORDS + 1));
        int[] numbers = new int[LIVE];
        snapshot.onRecord(
                0, new Record.MessagesWaiting(Records.ORDERS, live(), live(), numbers, numbers, numbers, numbers));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldTellWhatTheStopToldAndReadTheRecordsItNames(StoreEngine engine) {
        fillAndStop(engine);
        Journal journal = open(engine);
        Journal.Recovery recovery = recover(journal);
        assertThat(recovery.stoppedCleanly()).isTrue();
        assertThat(recovery.lastLsn()).isEqualTo(RECORDS + 1);
        assertThat(told)
                .extracting(Record::type)
                .containsExactly(Record.Type.STOPPED_CLEANLY, Record.Type.MESSAGES_WAITING);
        assertThat(((Record.MessagesWaiting) told.get(1)).lsns()).containsExactly(live());
        assertThat(journal.status().liveRecords()).isEqualTo(LIVE);
        assertThat(journal.read(live())).allSatisfy(record -> assertThat(Records.isIntact((Record.MessageAdded) record))
                .isTrue());
        JournalWatch watch = new JournalWatch();
        journal.start(watch);
        Arrays.stream(live()).forEach(journal::release);
        Stores.write(journal, watch, RECORDS + 2, RECORDS + 2, 10);
        Stores.write(journal, watch, RECORDS + 3, RECORDS + 3, 10);
        assertThat(journal.status().liveRecords()).isEqualTo(2);
        assertThat(journal.status().segments()).isEqualTo(1);
        journal.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadOnBehindItWhenTheLogHasGoneOn(StoreEngine engine) {
        fillAndStop(engine);
        Journal journal = open(engine);
        recover(journal);
        JournalWatch watch = new JournalWatch();
        journal.start(watch);
        Stores.write(journal, watch, RECORDS + 2, RECORDS + 2, 10);
        journal.close();
        Journal again = open(engine);
        assertThat(recover(again).stoppedCleanly()).isFalse();
        again.close();
        assertThat(told)
                .extracting(Record::type)
                .containsExactly(Record.Type.STOPPED_CLEANLY, Record.Type.MESSAGES_WAITING, Record.Type.MESSAGE_ADDED);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadTheWholeLogWhenAByteOfTheSnapshotIsWrong(StoreEngine engine) throws IOException {
        fillAndStop(engine);
        Path file = new SnapshotFiles(data.resolve("snapshots")).newestFirst().get(0);
        byte[] whole = Files.readAllBytes(file);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 24; round++) {
            byte[] damaged = whole.clone();
            if (round % 3 == 0) {
                damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
            } else {
                damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            Journal journal = open(engine);
            assertThat(recover(journal).lastLsn())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(RECORDS + 1);
            assertThat(told)
                    .as("seed %d, round %d", seed, round)
                    .extracting(Record::type)
                    .doesNotContain(Record.Type.MESSAGES_WAITING);
            journal.close();
        }
        Files.write(file, whole);
        Journal journal = open(engine);
        recover(journal);
        assertThat(told).hasSize(2);
        journal.close();
    }
}
