package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.snapshot.SnapshotFold;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A store that is written at random, what must be in it, and snapshots of it. */
final class SnapshotHistory {
    private final Path data;
    private final StoreEngine engine;
    private final Random random;
    /** Sequence, LSN and deliveries of what is live. */
    private final TreeMap<Long, long[]> live = new TreeMap<>();

    private long sequence;
    private Journal journal;
    private JournalWatch watch = new JournalWatch();

    SnapshotHistory(Path data, StoreEngine engine, Random random) {
        this.data = data;
        this.engine = engine;
        this.random = random;
        this.journal = Stores.open(data, engine);
        begin();
    }

    private void begin() {
        Set<Long> needed = new HashSet<>();
        live.values().forEach(numbers -> needed.add(numbers[0]));
        List<Long> told = new ArrayList<>();
        journal.recover((lsn, record) -> {
            for (long one : record.liveAt(lsn)) {
                told.add(one);
            }
        });
        told.stream().filter(lsn -> !needed.contains(lsn)).forEach(journal::release);
        watch = new JournalWatch();
        journal.start(watch);
    }

    /** As after kill -9. */
    void restart() {
        journal.close();
        journal = Stores.open(data, engine);
        begin();
    }

    void close() {
        journal.close();
    }

    void steps(int count, int bodyBytes) {
        for (int i = 0; i < count; i++) {
            step(bodyBytes);
        }
    }

    private void step(int bodyBytes) {
        int what = random.nextInt(10);
        if (what < 5 || live.isEmpty()) {
            add(1 + random.nextInt(bodyBytes));
        } else if (what < 8) {
            remove(pick());
        } else if (what < 9) {
            count(pick());
        } else {
            move(pick());
        }
    }

    private long pick() {
        Long found = live.ceilingKey((long) random.nextInt((int) sequence + 1));
        return found == null ? live.firstKey() : found;
    }

    private long write(Record... records) {
        JournalEntry entry = Records.awaited(records);
        assertThat(journal.offer(entry)).isTrue();
        watch.awaitDurable(entry);
        return entry.firstLsn();
    }

    void add(int bodyBytes) {
        Record.MessageAdded added = Records.message(++sequence, bodyBytes);
        live.put(added.sequence(), new long[] {write(added), 0});
    }

    /** In one entry. */
    void addTogether(int count) {
        List<Record> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(Records.message(++sequence, 100));
        }
        long lsn = write(added.toArray(new Record[0]));
        for (int i = 0; i < count; i++) {
            live.put(sequence - count + 1 + i, new long[] {lsn + i, 0});
        }
    }

    private void remove(long which) {
        write(Records.removed(which));
        journal.release(live.remove(which)[0]);
    }

    void removeUpTo(long last) {
        while (!live.isEmpty() && live.firstKey() <= last) {
            remove(live.firstKey());
        }
    }

    private void count(long which) {
        live.get(which)[1]++;
        int[] counts = {(int) live.get(which)[1]};
        write(new Record.DeliveriesCounted(Records.ORDERS, new long[] {which}, counts));
    }

    private void move(long which) {
        long[] one = live.get(which);
        int[] counts = {(int) one[1]};
        long lsn = write(
                new Record.MessageMoved(which, Records.message(which, 700).message(), List.of(Records.ORDERS), counts));
        journal.release(one[0]);
        one[0] = lsn;
    }

    long lastLsn() {
        return journal.durablePosition();
    }

    /** For when the log has lost what comes from now on: takes the history back to this moment. */
    Runnable moment() {
        Map<Long, long[]> then = new TreeMap<>();
        live.forEach((which, numbers) -> then.put(which, numbers.clone()));
        long last = sequence;
        return () -> {
            live.clear();
            live.putAll(then);
            sequence = last;
        };
    }

    /** What its thread would do. */
    Optional<SnapshotPlace> snapshot() throws IOException {
        return snapshot(SnapshotFiles::onDisk);
    }

    Optional<SnapshotPlace> snapshot(SnapshotFiles.Opening disk) throws IOException {
        SnapshotMaker maker = new SnapshotMaker(
                new StoreLayout(data, Stores.SEGMENT),
                new SnapshotFiles(data.resolve("snapshots"), disk),
                Stores.marker(data).salt(),
                PropertyFormat.NONE,
                new Pace(Clock.system(), () -> false));
        for (int left = 10; ; left--) {
            try {
                return maker.make(Stores.segments(data, engine), journal.durablePosition());
            } catch (
                    NoSuchFileException
                            e) { // the journal has dropped a segment since it was listed; the thread would try later
                if (left == 0) {
                    throw e;
                }
            }
        }
    }

    List<Path> generations() throws IOException {
        return new SnapshotFiles(data.resolve("snapshots")).newestFirst();
    }

    /** What a recovery found. */
    record Recovered(Journal.Recovery recovery, boolean bySnapshot, long behind, Map<Long, List<Long>> live) {}

    /** What must be found. */
    Map<Long, List<Long>> expected() {
        Map<Long, List<Long>> expected = new TreeMap<>();
        live.forEach((which, numbers) -> expected.put(which, List.of(numbers[0], numbers[1])));
        return expected;
    }

    /** Recovers the store, which is closed. */
    Recovered recover() {
        List<Long> lsns = new ArrayList<>();
        List<Record> records = new ArrayList<>();
        Journal reading = Stores.open(data, engine);
        Journal.Recovery recovery = reading.recover((lsn, record) -> {
            lsns.add(lsn);
            records.add(record);
        });
        reading.close();
        // a snapshot of both tells what it comes to
        int snapshot = 0;
        for (int i = 0; i < records.size(); i++) {
            snapshot = lsns.get(i) == 0 ? i + 1 : snapshot;
        }
        SnapshotFold fold = new SnapshotFold(PropertyFormat.NONE, 0);
        int behind = snapshot;
        for (int i = 0; i < records.size(); i++) {
            if (i < behind) {
                fold.before(lsns.get(i), records.get(i));
            } else {
                fold.onRecord(lsns.get(i), records.get(i));
            }
        }
        Map<Long, List<Long>> found = new TreeMap<>();
        fold.tell(
                again -> {
                    for (int i = 0; i < behind; i++) {
                        again.onRecord(lsns.get(i), records.get(i));
                    }
                },
                (lsn, record) -> {
                    if (record instanceof Record.MessagesWaiting waiting) {
                        for (int i = 0; i < waiting.lsns().length; i++) {
                            found.put(waiting.sequences()[i], List.of(waiting.lsns()[i], (long) waiting.counts()[i]));
                        }
                    }
                });
        return new Recovered(recovery, behind > 0, (long) records.size() - behind, found);
    }

    /** Recovers it as if there were no snapshots. */
    Recovered recoverFromLog() throws IOException {
        Path aside = data.resolve("aside");
        if (Files.isDirectory(data.resolve("snapshots"))) {
            Files.move(data.resolve("snapshots"), aside);
        }
        Recovered found = recover();
        if (Files.isDirectory(aside)) {
            Files.move(aside, data.resolve("snapshots"));
        }
        return found;
    }
}
