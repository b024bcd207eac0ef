package io.ferrymq.queue;

import io.ferrymq.message.Message;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The hard state of one queue: its messages in order, one lane per priority. Owned by the queue's shard; knows no clock and does no
 * I/O. A message that is dispatched keeps its place, so that one that comes back is where it was. The body of one that waits may be
 * in the journal only; whoever comes to it then has to say so to {@link ReadAhead}.
 */
final class Backlog {
    /** JMSPriority 0 to 9. */
    static final int LEVELS = 10;

    private static final int PLAIN_LEVEL = 4;
    private static final int PLACE_BITS = 59;
    private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;

    /** No place. */
    static final long NOWHERE = -1;

    /** Looks at a message wherever it is; false to look at no more. */
    interface Visitor {
        boolean on(Chunk chunk, int at, long place);
    }

    private final boolean prioritized;
    private final @Nullable Lane[] lanes = new Lane[LEVELS];
    private int size;
    private long bytes;
    private Consumer<QueueEntry> leaving = entry -> {};

    /** @param prioritized orders by priority first; else all messages are in one lane */
    Backlog(boolean prioritized) {
        this.prioritized = prioritized;
    }

    /** Who hears of each entry that is about to be gone, for whatever reason. */
    void whenLeaving(Consumer<QueueEntry> leaving) {
        this.leaving = leaving;
    }

    /** A place as one number: a level and an order. */
    static long place(int level, long order) {
        return (long) level << PLACE_BITS | order;
    }

    static int levelOf(long place) {
        return (int) (place >>> PLACE_BITS);
    }

    static long orderOf(long place) {
        return place & PLACE_MASK;
    }

    /** The lane for messages like this one. */
    int level(Message message) {
        return level(message.priority());
    }

    int level(int priority) {
        return prioritized ? Math.max(0, Math.min(LEVELS - 1, priority)) : PLAIN_LEVEL;
    }

    void add(QueueEntry entry) {
        entry.level = level(entry.message());
        lane(entry.level).append(entry);
        size++;
        bytes += entry.heapBytes();
    }

    /** One that comes without its body. */
    void add(int level, Absent message) {
        lane(level).append(message);
        size++;
    }

    private Lane lane(int level) {
        Lane lane = lanes[level];
        if (lane == null) {
            lane = new Lane();
            lanes[level] = lane;
        }
        return lane;
    }

    /**
     * Puts messages between the others of their lane, all in the order of their sequences. For recovery.
     *
     * @param strays by sequence
     */
    void insert(int level, SortedMap<Long, Absent> strays) {
        Lane old = lane(level);
        Lane merged = new Lane();
        lanes[level] = merged;
        Iterator<Absent> left = strays.values().iterator();
        Absent next = left.hasNext() ? left.next() : null;
        long end = old.end();
        for (long order = old.seek(0); order < end; order = old.seek(order)) {
            Chunk chunk = Objects.requireNonNull(old.chunk(Lane.chunkOf(order)));
            int at = Lane.placeOf(order);
            while (next != null && next.sequence() < chunk.sequence(at)) {
                merged.append(next);
                next = left.hasNext() ? left.next() : null;
            }
            QueueEntry entry = chunk.entry(at);
            if (entry == null) {
                merged.append(chunk.absent(at));
            } else {
                merged.append(entry);
            }
            old.remove(order);
        }
        while (next != null) {
            merged.append(next);
            next = left.hasNext() ? left.next() : null;
        }
        size += strays.size();
    }

    void remove(QueueEntry entry) {
        Lane lane = lanes[entry.level];
        if (entry.state == QueueEntry.State.GONE || lane == null) {
            return;
        }
        leaving.accept(entry);
        lane.remove(entry.order);
        entry.state = QueueEntry.State.GONE;
        size--;
        bytes -= entry.heapBytes();
    }

    /** Removes them from whoever holds them, too. */
    void takeOut(List<QueueEntry> entries) {
        for (QueueEntry entry : entries) {
            if (entry.consumer != null) {
                entry.consumer.letGo(entry);
            }
            remove(entry);
        }
    }

    /** Removes one whose body is not here. */
    void removeStored(long place) {
        Lane lane = lanes[levelOf(place)];
        if (lane != null && isStored(place)) {
            lane.remove(orderOf(place));
            size--;
        }
    }

    /**
     * The record of one that is here without its body is damaged: gone, unless a consumer has it, who need not know. Returns how many bytes
     * fewer are in the heap.
     */
    long lose(QueueEntry entry) {
        entry.movedTo(0);
        if (entry.state != QueueEntry.State.READY) {
            return 0;
        }
        remove(entry);
        return entry.heapBytes();
    }

    /** The first order of this priority from here on that has a message, or {@link #end}. */
    long seek(int level, long order) {
        Lane lane = lanes[level];
        return lane == null ? 0 : lane.seek(order);
    }

    /** The message with this order, or null when its body is not here. */
    @Nullable
    QueueEntry at(int level, long order) {
        Chunk chunk = chunk(level, order);
        return chunk == null ? null : chunk.entry(Lane.placeOf(order));
    }

    @Nullable
    Chunk chunk(int level, long order) {
        Lane lane = lanes[level];
        return lane == null ? null : lane.chunk(Lane.chunkOf(order));
    }

    /** Of a place with a stored message. */
    Absent absent(long place) {
        Chunk chunk = Objects.requireNonNull(chunk(levelOf(place), orderOf(place)));
        return chunk.absent(Lane.placeOf(orderOf(place)));
    }

    boolean isStored(long place) {
        Chunk chunk = chunk(levelOf(place), orderOf(place));
        return chunk != null && chunk.isStored(Lane.placeOf(orderOf(place)));
    }

    /** The order that the next message of this priority will get. */
    long end(int level) {
        Lane lane = lanes[level];
        return lane == null ? 0 : lane.end();
    }

    /** The footprint of all messages whose bodies are here. */
    long bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** The place of the message with this sequence, or {@link #NOWHERE}; as long as sequences grow in each lane. */
    long find(long sequence) {
        for (int level = 0; level < LEVELS; level++) {
            Lane lane = lanes[level];
            long order = lane == null ? -1 : lane.find(sequence);
            if (order >= 0) {
                return place(level, order);
            }
        }
        return NOWHERE;
    }

    /** All messages in order, those that were there when it began. The visitor may remove what it is shown. */
    void visit(Visitor visitor) {
        for (int level = LEVELS - 1; level >= 0; level--) {
            long end = end(level);
            for (long order = seek(level, 0); order < end; order = seek(level, order + 1)) {
                Chunk chunk = chunk(level, order);
                if (chunk != null && !visitor.on(chunk, Lane.placeOf(order), place(level, order))) {
                    return;
                }
            }
        }
    }

    /**
     * Lets go of the bodies of waiting messages that are in the journal, the last ones first, until those that are left take so many
     * bytes. Returns how many bytes nobody holds any more.
     *
     * @param inUse the chunks, by the place they begin at, that are being looked at
     */
    long store(long limitBytes, LongPredicate inUse) {
        long freed = 0;
        for (int level = 0; level < LEVELS && bytes > limitBytes; level++) {
            Lane lane = lanes[level];
            if (lane != null) {
                for (long number = lane.chunkBefore(lane.endChunk());
                        number >= 0 && bytes > limitBytes;
                        number = lane.chunkBefore(number)) {
                    Chunk chunk = lane.chunk(number);
                    if (chunk != null && chunk.mayStore() && !inUse.test(place(level, Lane.startOf(number)))) {
                        freed += store(chunk, limitBytes);
                    }
                }
            }
        }
        return freed;
    }

    private long store(Chunk chunk, long limitBytes) {
        long freed = 0;
        for (int at = chunk.appended() - 1; at >= 0 && bytes > limitBytes; at--) {
            QueueEntry entry = chunk.entry(at);
            if (entry != null) {
                freed += store(chunk, at, entry);
            }
        }
        return freed;
    }

    /** Likewise the body of one, if it may go. */
    long store(QueueEntry entry) {
        Chunk chunk = chunk(entry.level, entry.order);
        return chunk == null ? 0 : store(chunk, Lane.placeOf(entry.order), entry);
    }

    private long store(Chunk chunk, int at, QueueEntry entry) {
        if (entry.mayLeaveTheHeap()) {
            int heapBytes = entry.heapBytes();
            chunk.store(at, entry);
            entry.state = QueueEntry.State.STORED;
            bytes -= heapBytes;
            return entry.isLastToHold() ? heapBytes : 0;
        }
        return entry.state == QueueEntry.State.READY && entry.canBeLight() ? lighten(entry) : 0; // it is remembered
    }

    /** The message at this place is here again. */
    void bringBack(long place, QueueEntry entry) {
        Chunk chunk = chunk(levelOf(place), orderOf(place));
        if (chunk != null) {
            entry.level = levelOf(place);
            entry.order = orderOf(place);
            chunk.bringBack(Lane.placeOf(entry.order), entry);
            bytes += entry.heapBytes();
        }
    }

    /** Lets go of the body of one that is here; returns how many bytes nobody holds any more. */
    long lighten(QueueEntry entry) {
        bytes -= entry.heapBytes();
        long freed = entry.lighten();
        bytes += entry.heapBytes();
        return freed;
    }

    /** The body of one that is here is back; returns how many bytes more are in the heap. */
    long fill(QueueEntry entry, Message whole) {
        long more = entry.fill(whole);
        bytes += more;
        return more;
    }

    /** The smallest LSN of a message; {@code Long.MAX_VALUE} without one. */
    long oldestLsn() {
        long[] oldest = {Long.MAX_VALUE};
        eachChunk((chunk, place) -> {
            oldest[0] = Math.min(oldest[0], chunk.mayReachTo(oldest[0] - 1) ? chunk.leastLsn() : oldest[0]);
            return true;
        });
        return oldest[0];
    }

    /** What looks at chunks; false to look at no more. */
    interface ChunkVisitor {
        boolean on(Chunk chunk, long firstPlace);
    }

    void eachChunk(ChunkVisitor visitor) {
        eachChunkFrom(place(LEVELS - 1, 0), visitor);
    }

    /** All chunks in order, from the one with this place on. */
    void eachChunkFrom(long place, ChunkVisitor visitor) {
        long first = Lane.chunkOf(orderOf(place));
        boolean more = true;
        for (int level = levelOf(place); level >= 0 && more; level--) {
            Lane lane = lanes[level];
            if (lane != null) {
                more = eachChunk(lane, level, first, visitor);
            }
            first = 0;
        }
    }

    private static boolean eachChunk(Lane lane, int level, long first, ChunkVisitor visitor) {
        for (long number = lane.nextChunk(first); number < lane.endChunk(); number = lane.nextChunk(number + 1)) {
            Chunk chunk = lane.chunk(number);
            if (chunk != null && !visitor.on(chunk, place(level, Lane.startOf(number)))) {
                return false;
            }
        }
        return true;
    }
}
