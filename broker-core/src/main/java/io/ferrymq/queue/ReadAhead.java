package io.ferrymq.queue;

import io.ferrymq.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages back whose bodies are in the journal only, a batch at a time, for whoever comes to them: consumers, sweeps, browsers.
 * Owned by the queue's shard; the reading is done elsewhere.
 */
final class ReadAhead {
    private static final long BATCH_BYTES = 1 << 20;
    /** So many chunks are kept in the heap for those who have asked for them last. */
    private static final int IN_USE = 4;

    /** Where bodies are read, and who is told. */
    interface Reader {
        /** Reads; calls {@code then} on the shard later, with null for what cannot be read. */
        void read(long[] lsns, Consumer<@Nullable Message[]> then);

        /** These are back, in order. */
        void back(List<QueueEntry> entries);

        /** These are damaged in the journal and have been taken out. */
        void lost(List<Absent> messages);
    }

    private record Batch(long chunk, long[] places, long[] lsns) {}

    private final Backlog backlog;
    private final Reader reader;
    private final Set<Long> underWay = new HashSet<>();
    private final Deque<Long> inUse = new ArrayDeque<>(IN_USE);

    ReadAhead(Backlog backlog, Reader reader) {
        this.backlog = backlog;
        this.reader = reader;
    }

    /** Somebody has come to the message at this place, which is not here. {@link Reader#back} follows. */
    void want(int level, long order) {
        long chunk = Backlog.place(level, Lane.startOf(Lane.chunkOf(order)));
        if (underWay.contains(chunk)) {
            return;
        }
        Batch batch = batchFrom(chunk, level, order);
        if (batch.places().length > 0) {
            underWay.add(chunk);
            reader.read(batch.lsns(), messages -> arrived(batch, messages));
        }
    }

    private Batch batchFrom(long firstPlace, int level, long order) {
        long[] places = new long[Chunk.SIZE];
        long[] lsns = new long[Chunk.SIZE];
        int count = 0;
        long bytes = 0;
        Chunk chunk = backlog.chunk(level, order);
        if (chunk != null) {
            for (int at = Lane.placeOf(order); at < chunk.appended() && bytes < BATCH_BYTES; at++) {
                if (chunk.isStored(at)) {
                    places[count] = firstPlace + at;
                    lsns[count++] = chunk.lsn(at);
                    bytes += chunk.footprint(at);
                }
            }
        }
        return new Batch(firstPlace, Arrays.copyOf(places, count), Arrays.copyOf(lsns, count));
    }

    private void arrived(Batch batch, @Nullable Message[] messages) {
        underWay.remove(batch.chunk());
        use(batch.chunk());
        List<QueueEntry> back = new ArrayList<>(messages.length);
        List<Absent> lost = new ArrayList<>(0);
        for (int i = 0; i < messages.length; i++) {
            long place = batch.places()[i];
            if (backlog.isStored(place)) {
                settle(place, batch.lsns()[i], messages[i], back, lost);
            }
        }
        if (!lost.isEmpty()) {
            reader.lost(lost);
        }
        reader.back(back);
    }

    private void settle(long place, long readAt, @Nullable Message message, List<QueueEntry> back, List<Absent> lost) {
        Absent absent = backlog.absent(place);
        if (message != null) {
            QueueEntry entry = new QueueEntry(message, absent.sequence(), absent.lsn(), absent.redeliveries());
            backlog.bringBack(place, entry);
            back.add(entry);
        } else if (absent.lsn() == readAt) { // else it was written again meanwhile, and is wanted again
            backlog.removeStored(place);
            lost.add(absent);
        }
    }

    private void use(long chunk) {
        inUse.remove(chunk);
        if (inUse.size() == IN_USE) {
            inUse.remove();
        }
        inUse.add(chunk);
    }

    /** Whether somebody is about to look at this chunk. */
    boolean isInUse(long chunk) {
        return inUse.contains(chunk);
    }

    /** Nobody uses them any more. */
    void forgetUse() {
        inUse.clear();
    }
}
