package io.ferrymq.store;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.testkit.journal.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Measures group commit by hand, with threads that wait for each 1 KiB message: both engines and, as the bar, a bare
 * preallocated file. Not a test; run its main with a directory and a number of seconds.
 */
final class GroupCommitMeasurement {
    private static final int THREADS = 25;

    private GroupCommitMeasurement() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        long seconds = Long.parseLong(args[1]);
        for (int round = 0; round < 3; round++) {
            bare(directory.resolve("bare" + round), seconds);
            for (StoreEngine engine : List.of(StoreEngine.NIO, StoreEngine.CHRONICLE)) {
                engine(directory.resolve(engine + "" + round), engine, seconds);
            }
        }
    }

    /** One waiting thread. */
    private static final class Waiter extends Thread {
        private final java.util.function.BiConsumer<Waiter, Long> send;
        private final long endNs;
        private final int number;
        private final long[] latencies = new long[1 << 20];
        private int count;
        volatile boolean done;

        Waiter(int number, long endNs, java.util.function.BiConsumer<Waiter, Long> send) {
            this.number = number;
            this.endNs = endNs;
            this.send = send;
        }

        @Override
        public void run() {
            while (System.nanoTime() < endNs && count < latencies.length) {
                long start = System.nanoTime();
                done = false;
                send.accept(this, (long) number << 32 | count);
                while (!done) {
                    LockSupport.park();
                }
                latencies[count++] = System.nanoTime() - start;
            }
        }
    }

    private static void run(String what, long seconds, java.util.function.BiConsumer<Waiter, Long> send)
            throws InterruptedException {
        long endNs = System.nanoTime() + seconds * 1_000_000_000L;
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            waiters.add(new Waiter(i, endNs, send));
        }
        waiters.forEach(Thread::start);
        for (Waiter waiter : waiters) {
            waiter.join();
        }
        long[] all = waiters.stream()
                .flatMapToLong(w -> Arrays.stream(w.latencies, 0, w.count))
                .sorted()
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "%-12s %8.0f msg/s  p50 %5d us  p99 %6d us",
                what,
                all.length / (double) seconds,
                all[all.length / 2] / 1000,
                all[all.length * 99 / 100] / 1000);
    }

    private static void engine(Path data, StoreEngine engine, long seconds) throws InterruptedException {
        Journal journal =
                new StoreProvider().open(Stores.config(data, engine, 128 << 20, 65_536, 50), PropertyFormat.NONE);
        ConcurrentLinkedQueue<Object[]> waiting = new ConcurrentLinkedQueue<>();
        journal.recover((lsn, record) -> {});
        journal.start(new Journal.Listener() {
            @Override
            public void durable(long position, BooleanSupplier idle) {
                waiting.removeIf(one -> isDurable(one, position));
            }

            private boolean isDurable(Object[] one, long position) {
                JournalEntry entry = (JournalEntry) one[0];
                if (entry.firstLsn() == 0 || entry.firstLsn() > position) {
                    return false;
                }
                wake((Waiter) one[1]);
                return true;
            }

            private void wake(Waiter waiter) {
                waiter.done = true;
                LockSupport.unpark(waiter);
            }

            @Override
            public void segmentStarted() {}

            @Override
            public void makeRoom(long upTo) {}

            @Override
            public void failed(Throwable cause) {
                throw new IllegalStateException(cause);
            }
        });
        var template = Records.message(1, 1024).message();
        run(engine.name(), seconds, (waiter, sequence) -> {
            JournalEntry entry = Records.awaited(new io.ferrymq.journal.Record.MessageAdded(sequence, template));
            waiting.add(new Object[] {entry, waiter});
            journal.offer(entry);
        });
        Journal.Status status = journal.status();
        System.out.printf(
                Locale.ROOT,
                "  %.1f records/sync  %.0f B/record%n",
                (double) status.durablePosition() / status.syncs(),
                (double) status.appendedBytes() / status.durablePosition());
        journal.close();
    }

    private static void bare(Path file, long seconds) throws Exception {
        ConcurrentLinkedQueue<Waiter> queue = new ConcurrentLinkedQueue<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (int i = 0; i < 512; i++) {
                channel.write(zeros.clear());
            }
            channel.force(true);
            Thread[] writer = new Thread[1];
            boolean[] stop = new boolean[1];
            writer[0] = new Thread(() -> write(channel, queue, stop));
            writer[0].start();
            run("bare", seconds, (waiter, sequence) -> {
                queue.add(waiter);
                LockSupport.unpark(writer[0]);
            });
            stop[0] = true;
            LockSupport.unpark(writer[0]);
            writer[0].join();
        }
        System.out.println();
        Files.delete(file);
    }

    private static void write(FileChannel channel, ConcurrentLinkedQueue<Waiter> queue, boolean[] stop) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        List<Waiter> batch = new ArrayList<>();
        long position = 0;
        try {
            while (!stop[0]) {
                Waiter waiter;
                buffer.clear();
                while (buffer.remaining() > 1100 && (waiter = queue.poll()) != null) {
                    batch.add(waiter);
                    buffer.position(buffer.position() + 1100);
                }
                if (batch.isEmpty()) {
                    LockSupport.park();
                    continue;
                }
                position = position > (500L << 20) ? 0 : position;
                position += channel.write(buffer.flip(), position);
                channel.force(false);
                for (Waiter done : batch) {
                    done.done = true;
                    LockSupport.unpark(done);
                }
                batch.clear();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
