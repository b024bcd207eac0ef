package io.ferrymq.store;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * How fast records of 1 KiB are read back from the page cache, in CPU time of one thread: a program, not a test. Arguments: a directory, which
 * must not exist.
 */
final class ReadMeasurement {
    private static final int RECORDS = 100_000;
    private static final int ROUNDS = 8;

    private ReadMeasurement() {}

    public static void main(String[] args) throws Exception {
        for (StoreEngine engine : new StoreEngine[] {StoreEngine.NIO, StoreEngine.CHRONICLE}) {
            Path data = Path.of(args[0]).resolve(engine.name());
            Files.createDirectories(data);
            Journal journal =
                    new StoreProvider().open(Stores.config(data, engine, 128 << 20, 65_536, 50), PropertyFormat.NONE);
            write(journal, Stores.start(journal));
            for (int batch : new int[] {256, 16, 1}) {
                for (int round = 0; round < ROUNDS; round++) {
                    ascending(journal, engine, batch, round == ROUNDS - 1);
                }
            }
            random(journal, engine);
            journal.close();
        }
    }

    private static void write(Journal journal, JournalWatch watch) {
        var template = Records.message(1, 1024).message();
        JournalEntry last = null;
        for (int i = 1; i <= RECORDS; i++) {
            last = Records.awaited(new Record.MessageAdded(i, template));
            while (!journal.offer(last)) {
                Thread.onSpinWait();
            }
        }
        watch.awaitDurable(last);
    }

    private static void ascending(Journal journal, StoreEngine engine, int batch, boolean print) {
        int records = batch == 1 ? RECORDS / 10 : RECORDS;
        long start = cpuNs();
        for (long from = 1; from <= records; from += batch) {
            check(journal.read(
                    LongStream.range(from, Math.min(from + batch, records + 1L)).toArray()));
        }
        if (print) {
            print(engine, "ascending, batches of " + batch, records, cpuNs() - start);
        }
    }

    private static void random(Journal journal, StoreEngine engine) {
        Random random = new Random(1);
        int records = RECORDS / 10;
        long start = cpuNs();
        for (int i = 0; i < records; i += 100) {
            check(journal.read(random.longs(100, 1, RECORDS + 1).toArray()));
        }
        print(engine, "random, batches of 100", records, cpuNs() - start);
    }

    /** Of this thread: what others do on the machine does not count. */
    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void check(Record[] records) {
        for (Record record : records) {
            if (record == null) {
                throw new IllegalStateException("a record is missing");
            }
        }
    }

    private static void print(StoreEngine engine, String what, int records, long ns) {
        System.out.printf(
                Locale.ROOT, "%-9s %-28s %,10.0f records per second of CPU%n", engine, what, records * 1e9 / ns);
    }
}
