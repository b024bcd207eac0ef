package io.ferrymq.store;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.Records;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** The process that KillTest kills: writes messages for ever and prints each position once it is durable. */
final class CrashChild {
    private CrashChild() {}

    public static void main(String[] args) {
        StoreEngine engine = StoreEngine.valueOf(args[1]);
        try {
            run(Stores.open(Path.of(args[0]), engine));
        } catch (BrokerException e) {
            System.out.println(e.code());
        }
    }

    private static void run(Journal journal) {
        Journal.Recovery recovery = journal.recover((lsn, record) -> {});
        journal.start(new Journal.Listener() {
            @Override
            public void durable(long position, BooleanSupplier idle) {
                System.out.println(position);
            }

            @Override
            public void segmentStarted() {}

            @Override
            public void makeRoom(long upTo) {}

            @Override
            public void failed(Throwable cause) {
                System.exit(1);
            }
        });
        for (long sequence = recovery.lastLsn() + 1; ; sequence++) {
            JournalEntry entry = Records.awaited(Records.message(sequence, 300 + (int) (sequence % 1000)));
            while (!journal.offer(entry)) {
                Thread.onSpinWait();
            }
        }
    }
}
