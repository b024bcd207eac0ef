package io.ferrymq.perf.jmh;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.store.StoreProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Records of 1 KiB appended in batches of 25 and waited for, then released: the journal without a broker. */
@State(Scope.Benchmark)
public class JournalBenchmark implements Journal.Listener {
    private static final int BATCH = 25;

    @Param({"NIO", "CHRONICLE"})
    public BrokerConfig.StoreEngine engine = BrokerConfig.StoreEngine.NIO;

    private final Message message = Message.builder(
                    new MessageId(new ProducerId("ID:host-1234-1", 1, 1), 1), DestinationName.queue("orders"))
            .persistent(true)
            .body((byte) 24, false, new byte[1024])
            .build();
    private final Path directory = temporaryDirectory();
    private Journal journal = new MemoryJournal("not open");
    private volatile Thread waiting = Thread.currentThread();
    private volatile long durable;
    private long sequence;

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("ferrymq-jmh");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Setup
    public void open() {
        journal = new StoreProvider()
                .open(
                        Broker.builder()
                                .name("jmh")
                                .dataDirectory(directory)
                                .storeEngine(engine)
                                .build(),
                        PropertyFormat.NONE);
        journal.recover((lsn, record) -> {});
        journal.start(this);
    }

    @TearDown
    public void close() throws IOException {
        journal.close();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long append() {
        waiting = Thread.currentThread();
        JournalEntry[] entries = new JournalEntry[BATCH];
        for (int i = 0; i < BATCH; i++) {
            entries[i] = new JournalEntry(List.of(new Record.MessageAdded(++sequence, message)), true);
            if (!journal.offer(entries[i])) {
                throw new IllegalStateException("the journal is full");
            }
        }
        for (JournalEntry entry : entries) {
            while (entry.firstLsn() == 0 || entry.firstLsn() > durable) {
                LockSupport.park(this);
            }
            journal.release(entry.firstLsn());
        }
        return durable;
    }

    @Override
    public void durable(long position, BooleanSupplier idle) {
        durable = position;
        LockSupport.unpark(waiting);
    }

    /** Nothing is held that would have to be written again. */
    @Override
    public void segmentStarted() {}

    @Override
    public void makeRoom(long upTo) {}

    @Override
    public void failed(Throwable cause) {
        throw new IllegalStateException(cause);
    }
}
