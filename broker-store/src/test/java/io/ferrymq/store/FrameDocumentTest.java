package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents of Chronicle's that stay open, over their own ends, those of its blocks, and in files that were segments before. */
final class FrameDocumentTest {
    /** Of several of Chronicle's blocks, and not a whole number of them. */
    private static final int SEGMENT = 40 << 20;

    private static final int KEPT = 20;
    private final long seed = Long.getLong("reliability.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir(factory = InMemoryDirectory.class)
    private Path data;

    @Test
    void shouldKeepWhatIsWrittenOverAllBorders() throws IOException {
        Deque<Long> kept = new ArrayDeque<>();
        Map<Long, Integer> lengths = new HashMap<>();
        Journal journal = open();
        JournalWatch watch = Stores.start(journal);
        long written = 0;
        for (long sequence = 1; written < 3L * SEGMENT; sequence++) {
            int length = random.nextInt(random.nextBoolean() ? 300_000 : 2_500_000);
            JournalEntry entry = Records.awaited(Records.message(sequence, length));
            assertThat(journal.offer(entry)).isTrue();
            watch.awaitDurable(entry);
            written += length;
            kept.add(sequence);
            lengths.put(sequence, length);
            if (kept.size() > KEPT) {
                journal.release(kept.remove()); // its LSN: each has one record
            }
        }
        journal.close();

        Journal again = open();
        Map<Long, Integer> found = new HashMap<>();
        Journal.Recovery recovery = again.recover((lsn, record) -> {
            if (record instanceof Record.MessageAdded added) {
                assertThat(Records.isIntact(added)).as("seed=%d", seed).isTrue();
                found.put(added.sequence(), added.message().body().length);
            }
        });
        again.close();
        assertThat(recovery.damagedRecords()).as("seed=%d", seed).isZero();
        assertThat(found).as("seed=%d", seed).containsKeys(kept.toArray(new Long[0]));
        found.forEach(
                (sequence, length) -> assertThat(length).as("seed=%d", seed).isEqualTo(lengths.get(sequence)));
    }

    private Journal open() {
        BrokerConfig config = Stores.config(data, StoreEngine.CHRONICLE, SEGMENT, 1024, 50);
        return new StoreProvider().open(config, PropertyFormat.NONE);
    }

    @Test
    void shouldEndTheDocumentBehindItsFramesWhenTheEngineIsClosed() throws IOException {
        Path journal = Files.createDirectory(data.resolve("journal"));
        FrameFormat format = new FrameFormat(1, 1);
        format.segment(1);
        ByteBuffer frame = ByteBuffer.allocateDirect(FrameFormat.HEADER).position(FrameFormat.HEADER);
        format.seal(frame, 0, 0, 0, 0, 0, 1);
        frame.flip();
        SegmentFile segment;
        int start;
        try (ChronicleEngine engine = new ChronicleEngine(journal, 1, 8 << 20)) {
            segment = engine.roll(1, frame.duplicate());
            engine.append(frame.duplicate());
            start = (8 << 20) - (int) engine.room() - FrameFormat.HEADER - 4; // before the first frame in it
            engine.append(frame.duplicate());
            assertThat(headerAt(segment, start)).isZero(); // it is still open
        }
        assertThat(headerAt(segment, start)).isEqualTo(2 * FrameFormat.HEADER);
    }

    private static int headerAt(SegmentFile segment, int place) throws IOException {
        try (FileChannel channel = FileChannel.open(segment.path())) {
            ByteBuffer header = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
            channel.read(header, place);
            return header.getInt(0);
        }
    }
}
