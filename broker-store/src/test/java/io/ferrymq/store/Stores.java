package io.ferrymq.store;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.StoreConfig;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Opens stores the way the tests want them. */
final class Stores {
    static final int SEGMENT = 1 << 20;

    private Stores() {}

    static BrokerConfig config(Path data, StoreEngine engine, int segmentBytes, int queueEntries, int lazySyncMs) {
        Limits d = Limits.defaults();
        Limits limits = new Limits(
                d.memoryBytes(),
                d.destinations(),
                d.connections(),
                d.unauthenticatedConnections(),
                d.handshakeFrameBytes(),
                d.frameBytes(),
                d.partialFrameBytes(),
                d.handshakeTimeoutMs(),
                d.inactivityTimeoutMs(),
                d.connectionInFlightBytes(),
                d.consumersPerConnection(),
                d.transactionMessages(),
                d.transactionBytes(),
                d.preparedTransactions(),
                queueEntries,
                lazySyncMs);
        return new BrokerConfig(
                "test",
                List.of(),
                Optional.of(data),
                engine,
                segmentBytes,
                1,
                1,
                BrokerConfig.SocketEngine.AUTO,
                limits,
                List.of(),
                new BrokerConfig.Names(List.of(), List.of()),
                true,
                StoreConfig.defaults(),
                NoSpace.HOLD,
                BrokerConfig.NEVER);
    }

    static Journal open(Path data, StoreEngine engine) {
        return open(data, engine, UnaryOperator.identity());
    }

    static Journal open(Path data, StoreEngine engine, UnaryOperator<SegmentEngine> around) {
        return new StoreProvider(Clock.system(), around)
                .open(config(data, engine, SEGMENT, 1024, 50), PropertyFormat.NONE);
    }

    /** A journal that syncs only what is awaited. */
    static Journal openLazy(Path data, StoreEngine engine) {
        return openLazy(data, engine, StoreConfig.defaults());
    }

    static Journal openLazy(Path data, StoreEngine engine, StoreConfig store) {
        return new StoreProvider()
                .open(with(store, config(data, engine, SEGMENT, 1024, 3_600_000)), PropertyFormat.NONE);
    }

    static Journal open(Path data, StoreEngine engine, StoreConfig store) {
        return new StoreProvider().open(with(store, config(data, engine, SEGMENT, 1024, 50)), PropertyFormat.NONE);
    }

    private static BrokerConfig with(StoreConfig store, BrokerConfig config) {
        return Broker.builder().config(config).store(store).build();
    }

    static JournalWatch start(Journal journal) {
        JournalWatch watch = new JournalWatch();
        journal.recover((lsn, record) -> {});
        journal.start(watch);
        return watch;
    }

    /** Offers an awaited message for each sequence, one after the other is durable. */
    static void write(Journal journal, JournalWatch watch, long from, long to, int bodyBytes) {
        for (long sequence = from; sequence <= to; sequence++) {
            JournalEntry entry = Records.awaited(Records.message(sequence, bodyBytes));
            if (!journal.offer(entry)) {
                throw new IllegalStateException("refused: " + journal.status());
            }
            watch.awaitDurable(entry);
        }
    }

    static Replay replay(Path data, StoreEngine engine) {
        Journal journal = open(data, engine);
        try {
            return Replay.of(journal);
        } finally {
            journal.close();
        }
    }

    /** As {@link #killed(Path, long)}, where each entry has one record. */
    static void killed(Path data, StoreEngine engine) throws IOException {
        List<SegmentFile> segments = segments(data, engine);
        killed(data, frames(data, segments.get(segments.size() - 1)).get(0).lsn() - 1);
    }

    /**
     * Leaves the data directory as a broker does that is killed when all it wrote is on the disk.
     *
     * @param durable what was when the newest segment began: nothing says yet that more is
     */
    static void killed(Path data, long durable) throws IOException {
        SegmentBounds closed = bounds(data);
        write(data, closed.begun(closed.newest(), durable));
    }

    static SegmentBounds bounds(Path data) throws IOException {
        FormatMarker marker = marker(data);
        return new BoundsFile(data, marker.id()).read(marker.epoch()).claims();
    }

    static void write(Path data, SegmentBounds bounds) throws IOException {
        ReplacedFile.write(
                data.resolve("bounds"), Arrays.copyOf(bounds.lines(marker(data).id(), 0), 1024));
    }

    static FormatMarker marker(Path data) throws IOException {
        return FormatMarker.read(data).orElseThrow();
    }

    /** The segments of a closed store, oldest first. */
    static List<SegmentFile> segments(Path data, StoreEngine engine) throws IOException {
        Path journal = data.resolve("journal");
        try (SegmentEngine segments = engine == StoreEngine.NIO
                ? new FileEngine(journal, SEGMENT)
                : new ChronicleEngine(journal, 999_999, SEGMENT)) {
            return segments.existing();
        }
    }

    /** The frames of one segment: where they are, and what they carry. */
    static List<Found> frames(Path data, SegmentFile segment) throws IOException {
        List<Found> found = new ArrayList<>();
        try (FrameScanner scanner = new FrameScanner(segment, marker(data).salt(), ByteBuffer.allocate(4 << 20))) {
            while (scanner.next()) {
                int length = FrameFormat.HEADER + scanner.payload().remaining();
                found.add(new Found(scanner.offset(), length, scanner.type(), scanner.lsn(), scanner.durableThen()));
            }
        }
        return found;
    }

    record Found(long offset, int length, byte type, long lsn, long durableThen) {
        long end() {
            return offset + length;
        }
    }
}
