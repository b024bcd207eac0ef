import java.util.function.BooleanSupplier;
import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.spi.JournalProvider;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Group commit without a broker around it: threads that each wait until their 1 KiB message is durable. In turns over a bare file whose zeros
 * are written before ({@code bare}) and FerryMQ's journal with an engine ({@code nio}, {@code chronicle}); the journal writes its zeros
 * while it is measured, checksums, counts what is live and drops its dead segments, as in a broker. Compiled against the port of the
 * journal by the scripts in perf.
 *
 * <p>Arguments: directory, numbers of producers, subjects, turns, milliseconds per turn. Prints {@code turn PRODUCERS SUBJECT} and figures.
 */
public final class JournalPeer {
    private static final int BODY = 1024;
    private static final int LATENCIES = 1 << 18;
    private static final int WARMUP_PRODUCERS = 8;
    private static final int WARMUP_TURNS = 4;

    /** What a journal does behind its last message is done by then. */
    private static final long BETWEEN_NS = 100_000_000;

    private final Path directory;
    private final long turnNs;

    private JournalPeer(Path directory, long turnNs) {
        this.directory = directory;
        this.turnNs = turnNs;
    }

    public static void main(String[] args) throws Exception {
        List<String> names = List.of(args[2].split(","));
        int[] producers = Arrays.stream(args[1].split(",")).mapToInt(Integer::parseInt).toArray();
        int turns = Integer.parseInt(args[3]);
        JournalPeer peer = new JournalPeer(Path.of(args[0]), Long.parseLong(args[4]) * 1_000_000);
        peer.run(names, WARMUP_PRODUCERS, WARMUP_TURNS, false);
        for (int number : producers) {
            peer.run(names, number, turns, true);
        }
        System.exit(0);
    }

    /** All subjects stay open, so that turns can be short and swap often: a slow second of the machine weighs on neighbours alike. */
    private void run(List<String> names, int producers, int turns, boolean told) throws Exception {
        List<Subject> subjects = new ArrayList<>();
        for (String name : names) {
            Path data = Files.createDirectories(directory.resolve(name));
            subjects.add(name.equals("bare") ? new Bare(data.resolve("file")) : new OfJournal(data, name));
        }
        for (int turn = 0; turn < turns; turn++) {
            for (int i = 0; i < names.size(); i++) {
                int at = (i + turn) % names.size();
                String figures = measure(subjects.get(at), producers);
                if (told) {
                    System.out.println("turn " + producers + " " + names.get(at) + " " + figures);
                }
                pause(BETWEEN_NS);
            }
        }
        for (Subject subject : subjects) {
            subject.close();
        }
        for (String name : names) {
            delete(directory.resolve(name));
        }
    }

    private String measure(Subject subject, int producers) throws Exception {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            waiters.add(new Waiter(i, subject));
        }
        subject.begin(waiters);
        waiters.forEach(Thread::start);
        pause(turnNs / 5);
        long[] before = readings(waiters, subject);
        waiters.forEach(waiter -> waiter.counting = true);
        pause(turnNs);
        waiters.forEach(waiter -> waiter.counting = false);
        long[] after = readings(waiters, subject);
        for (Waiter waiter : waiters) {
            waiter.going = false;
        }
        for (Waiter waiter : waiters) {
            waiter.join();
        }
        long[] latencies = waiters.stream()
                .flatMapToLong(waiter -> Arrays.stream(waiter.latencies, 0, waiter.counted))
                .sorted()
                .toArray();
        double messages = after[0] - before[0];
        return String.format(
                Locale.ROOT,
                "rate=%.1f p50us=%.1f p99us=%.1f cpuus=%.2f batch=%.2f appended=%.1f",
                messages / ((after[4] - before[4]) / 1e9),
                latencies[latencies.length / 2] / 1e3,
                latencies[(int) (latencies.length * 0.99)] / 1e3,
                (after[1] - before[1]) / 1e3 / messages,
                messages / (after[2] - before[2]),
                (after[3] - before[3]) / messages);
    }

    /** Messages, processor time, syncs, bytes appended, the clock. */
    private static long[] readings(List<Waiter> waiters, Subject subject) {
        long messages = waiters.stream().mapToLong(waiter -> waiter.sent).sum();
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpuNs = system.getProcessCpuTime();
        return new long[] {messages, cpuNs, subject.syncs(), subject.appendedBytes(), System.nanoTime()};
    }

    private static void pause(long nanos) {
        long endNs = System.nanoTime() + nanos;
        while (System.nanoTime() < endNs) {
            LockSupport.parkNanos(endNs - System.nanoTime());
        }
    }

    private static void delete(Path data) throws IOException {
        try (Stream<Path> tree = Files.walk(data)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** What makes messages durable. */
    private interface Subject extends AutoCloseable {
        void begin(List<Waiter> waiters);

        /** Returns at once; the waiter is woken when its message is durable. */
        void send(Waiter waiter, long sequence);

        long syncs();

        long appendedBytes();

        @Override
        void close() throws IOException;
    }

    /** One waiting thread. */
    private static final class Waiter extends Thread {
        private final int number;
        private final Subject subject;
        private final long[] latencies = new long[LATENCIES];
        private int counted;
        private volatile long sent;
        private volatile boolean going = true;
        private volatile boolean counting;
        private volatile boolean done;
        private volatile JournalEntry entry;

        Waiter(int number, Subject subject) {
            super("waiter-" + number);
            this.number = number;
            this.subject = subject;
        }

        @Override
        public void run() {
            while (going) {
                long startNs = System.nanoTime();
                done = false;
                subject.send(this, (long) number << 40 | sent);
                while (!done) {
                    LockSupport.park(this);
                }
                sent = sent + 1;
                if (counting && counted < latencies.length) {
                    latencies[counted++] = System.nanoTime() - startNs;
                }
            }
        }

        void wake() {
            done = true;
            LockSupport.unpark(this);
        }
    }

    private static final class OfJournal implements Subject, Journal.Listener {
        private final Journal journal;
        private final Message message;
        private volatile Waiter[] waiters = {};

        OfJournal(Path data, String engine) {
            BrokerConfig config = Broker.builder()
                    .name("journal")
                    .dataDirectory(data)
                    .storeEngine(BrokerConfig.StoreEngine.valueOf(engine.toUpperCase(Locale.ROOT)))
                    .build();
            journal = ServiceLoader.load(JournalProvider.class).findFirst().orElseThrow().open(config, PropertyFormat.NONE);
            byte[] body = new byte[BODY];
            new java.util.Random(1).nextBytes(body);
            message = Message.builder(
                            new MessageId(new ProducerId("ID:perf-1", 1, 1), 1), DestinationName.queue("perf"))
                    .persistent(true)
                    .timestampMs(System.currentTimeMillis())
                    .body((byte) 24, false, body)
                    .build();
            journal.recover((lsn, record) -> {});
            journal.start(this);
        }

        @Override
        public void begin(List<Waiter> all) {
            waiters = all.toArray(new Waiter[0]);
        }

        @Override
        public void send(Waiter waiter, long sequence) {
            JournalEntry entry = new JournalEntry(List.of(new Record.MessageAdded(sequence, message)), true);
            waiter.entry = entry;
            if (!journal.offer(entry)) {
                throw new IllegalStateException("the journal refused an entry");
            }
        }

        @Override
        public void durable(long position, BooleanSupplier idle) {
            for (Waiter waiter : waiters) {
                JournalEntry entry = waiter.entry;
                if (entry != null && entry.firstLsn() != 0 && entry.firstLsn() <= position) {
                    waiter.entry = null;
                    journal.release(entry.firstLsn());
                    waiter.wake();
                }
            }
        }

        /** A journal may ask for what is still needed; here nothing is. One of the two names is the port's, whatever its age. */
        public void segmentStarted() {}

        public void makeRoom(long upTo) {}

        @Override
        public void failed(Throwable cause) {
            cause.printStackTrace();
            System.exit(1);
        }

        @Override
        public long syncs() {
            return journal.status().syncs();
        }

        @Override
        public long appendedBytes() {
            return journal.status().appendedBytes();
        }

        @Override
        public void close() {
            journal.close();
        }
    }

    /** The least that group commit takes: one buffer, one positional write, one fdatasync. Goes round in a file of zeros that is there. */
    private static final class Bare implements Subject {
        /** As much as the journal appends for such a message. */
        private static final int RECORD = 1_120;

        private static final long FILE = 512L << 20;
        private static final int BATCH = 1 << 20;

        private final ConcurrentLinkedQueue<Waiter> queue = new ConcurrentLinkedQueue<>();
        private final FileChannel channel;
        private final Thread writer = new Thread(this::write, "bare-writer");
        private final byte[] record = new byte[RECORD];
        private volatile boolean going = true;
        private volatile boolean parked;
        private volatile long syncs;
        private volatile long appended;

        Bare(Path file) throws IOException {
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            ByteBuffer zeros = ByteBuffer.allocateDirect(256 << 10);
            for (long at = 0; at < FILE; at += zeros.capacity()) {
                channel.write(zeros.clear());
            }
            channel.force(true);
            new java.util.Random(1).nextBytes(record);
            writer.start();
        }

        @Override
        public void begin(List<Waiter> waiters) {
            // they are in the queue with what they send
        }

        @Override
        public void send(Waiter waiter, long sequence) {
            queue.add(waiter);
            if (parked) {
                LockSupport.unpark(writer);
            }
        }

        private void write() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BATCH);
            List<Waiter> batch = new ArrayList<>();
            long position = 0;
            try {
                while (going || !queue.isEmpty()) {
                    Waiter waiter;
                    buffer.clear();
                    while (buffer.remaining() > RECORD && (waiter = queue.poll()) != null) {
                        batch.add(waiter);
                        buffer.put(record);
                    }
                    if (batch.isEmpty()) {
                        awaitWork();
                        continue;
                    }
                    position = position + buffer.position() > FILE ? 0 : position;
                    position += channel.write(buffer.flip(), position);
                    channel.force(false);
                    syncs = syncs + 1;
                    appended = appended + buffer.limit();
                    batch.forEach(Waiter::wake);
                    batch.clear();
                }
            } catch (IOException e) {
                e.printStackTrace();
                System.exit(1);
            }
        }

        private void awaitWork() {
            parked = true;
            if (queue.isEmpty() && going) {
                LockSupport.parkNanos(this, 1_000_000_000L);
            }
            parked = false;
        }

        @Override
        public long syncs() {
            return syncs;
        }

        @Override
        public long appendedBytes() {
            return appended;
        }

        @Override
        public void close() throws IOException {
            going = false;
            LockSupport.unpark(writer);
            while (writer.isAlive()) {
                LockSupport.parkNanos(1_000_000);
            }
            channel.close();
        }
    }
}
