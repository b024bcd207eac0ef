package io.ferrymq.queue;

import io.ferrymq.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages back whose bodies are in the journal only, a batch at a time, for whoever comes to them: consumers, sweeps, browsers.
 * Owned by the queue's shard; the reading is done elsewhere.
 */
final class ReadAhead {
    /** So many chunks are kept in the heap for those who have asked for them last. */
    private static final int IN_USE = 4;

    /** Where bodies are read, and who is told. */
    interface Reader {
        /** Reads them when there is memory. */
        void read(WantedBodies wanted);

        /** Whether nothing goes on in the queue until they are back. */
        boolean isUrgent();

        /** These are back, in order, and take so many bytes more of the heap. */
        void back(List<QueueEntry> entries, long bytes);

        /** These are damaged in the journal and have been taken out. */
        void lost(List<Absent> messages);
    }

    private final Backlog backlog;
    private final Reader reader;
    private final Set<Long> underWay = new HashSet<>();
    private final Deque<Long> inUse = new ArrayDeque<>(IN_USE);

    ReadAhead(Backlog backlog, Reader reader) {
        this.backlog = backlog;
        this.reader = reader;
    }

    /** Somebody has come to the message at this place, whose body is not here. {@link Reader#back} follows. */
    void want(int level, long order) {
        long chunk = Backlog.place(level, Lane.startOf(Lane.chunkOf(order)));
        if (underWay.add(chunk)) {
            reader.read(new PartOfChunk(chunk, level, order));
        }
    }

    /** The messages of a chunk from some place on. */
    private final class PartOfChunk implements WantedBodies {
        private final long firstPlace;
        private final int level;
        private final long order;
        private long[] places = {};
        private long[] lsns = {};
        private final List<QueueEntry> back = new ArrayList<>();
        private final List<Absent> lost = new ArrayList<>(0);
        private long moreBytes;

        private PartOfChunk(long firstPlace, int level, long order) {
            this.firstPlace = firstPlace;
            this.level = level;
            this.order = order;
        }

        @Override
        public boolean isUrgent() {
            return reader.isUrgent();
        }

        @Override
        public Batch choose(long mostBytes) {
            long[] chosen = new long[Chunk.SIZE];
            long[] records = new long[Chunk.SIZE];
            int count = 0;
            long bytes = 0;
            Chunk chunk = backlog.chunk(level, order);
            if (chunk != null) {
                for (int at = Lane.placeOf(order); at < chunk.appended() && bytes < mostBytes; at++) {
                    if (chunk.isBodyAway(at)) {
                        chosen[count] = firstPlace + at;
                        records[count++] = chunk.lsn(at);
                        bytes += chunk.footprint(at);
                    }
                }
            }
            places = Arrays.copyOf(chosen, count);
            lsns = Arrays.copyOf(records, count);
            return new Batch(lsns, bytes);
        }

        @Override
        public void read(@Nullable Message[] messages) {
            underWay.remove(firstPlace);
            use(firstPlace);
            for (int i = 0; i < messages.length; i++) {
                long place = places[i];
                QueueEntry entry = backlog.at(Backlog.levelOf(place), Backlog.orderOf(place));
                if (entry != null && entry.isLight()) {
                    fill(entry, lsns[i], messages[i]);
                } else if (backlog.isStored(place)) {
                    bringBack(place, lsns[i], messages[i]);
                }
            }
            if (!lost.isEmpty()) {
                reader.lost(lost);
            }
            reader.back(back, moreBytes);
        }

        private void bringBack(long place, long readAt, @Nullable Message message) {
            Absent absent = backlog.absent(place);
            if (message != null) {
                QueueEntry entry = new QueueEntry(message, absent.sequence(), absent.lsn(), absent.redeliveries());
                backlog.bringBack(place, entry);
                back.add(entry);
                moreBytes += entry.heapBytes();
            } else if (absent.lsn() == readAt) { // else it was written again meanwhile, and is wanted again
                backlog.removeStored(place);
                lost.add(absent);
            }
        }

        private void fill(QueueEntry entry, long readAt, @Nullable Message message) {
            if (message != null) {
                moreBytes += backlog.fill(entry, message);
                back.add(entry);
            } else if (entry.lsn() == readAt) {
                lost.add(Absent.of(entry));
                moreBytes -= backlog.lose(entry);
            }
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
