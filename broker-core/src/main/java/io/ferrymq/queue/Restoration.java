package io.ferrymq.queue;

import io.ferrymq.journal.Record;
import io.ferrymq.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts a backlog together from the records of the journal, which tell of messages in another order than they came in where a record was
 * written again later. Used while a broker recovers.
 */
public final class Restoration {
    private final Backlog backlog;
    private final long[] newest = new long[Backlog.LEVELS];
    /** Messages whose place is before others that are there already, by level and sequence. */
    private final List<SortedMap<Long, Absent>> strays = new ArrayList<>();

    private final Runnable keepWithinHeap;

    Restoration(Backlog backlog, Runnable keepWithinHeap) {
        this.backlog = backlog;
        this.keepWithinHeap = keepWithinHeap;
        for (int level = 0; level < Backlog.LEVELS; level++) {
            strays.add(new TreeMap<>());
        }
    }

    /** A message that is not there yet; false when its place is kept, but not its body. */
    public boolean add(QueueEntry entry) {
        int level = backlog.level(entry.message());
        if (entry.sequence() > newest[level]) {
            newest[level] = entry.sequence();
            backlog.add(entry);
            keepWithinHeap.run();
            return true;
        }
        strays.get(level).put(entry.sequence(), Absent.of(entry));
        return false;
    }

    /** Messages as a snapshot has them, whose bodies are in the journal only. */
    public void add(Record.MessagesWaiting waiting) {
        for (int i = 0; i < waiting.sequences().length; i++) {
            Absent message = new Absent(
                    waiting.sequences()[i],
                    waiting.lsns()[i],
                    waiting.footprints()[i],
                    waiting.expirationsS()[i],
                    waiting.counts()[i]);
            int level = backlog.level(waiting.priorities()[i]);
            if (message.sequence() > newest[level]) {
                newest[level] = message.sequence();
                backlog.add(level, message);
            } else {
                strays.get(level).put(message.sequence(), message);
            }
        }
    }

    /**
     * Its record is another one now.
     *
     * @return the LSN of the one before, 0 when the message is not there
     */
    public long moved(Message message, long sequence, long lsn, int redeliveries) {
        long place = backlog.find(sequence);
        if (place != Backlog.NOWHERE) {
            Chunk chunk = chunkAt(place);
            int at = Lane.placeOf(Backlog.orderOf(place));
            long before = chunk.lsn(at);
            chunk.moved(at, lsn);
            count(chunk, at, redeliveries);
            return before;
        }
        Absent known = takeStray(sequence);
        if (known == null) {
            return 0;
        }
        strays.get(backlog.level(message)).put(sequence, known.movedTo(lsn).countedAtLeast(redeliveries));
        return known.lsn();
    }

    /** On any level: a snapshot of a backlog without priorities tells other ones than the messages have. */
    private @Nullable Absent takeStray(long sequence) {
        for (SortedMap<Long, Absent> aside : strays) {
            Absent known = aside.remove(sequence);
            if (known != null) {
                return known;
            }
        }
        return null;
    }

    private Chunk chunkAt(long place) {
        Chunk chunk = backlog.chunk(Backlog.levelOf(place), Backlog.orderOf(place));
        if (chunk == null) {
            throw new IllegalStateException("nothing at " + Backlog.orderOf(place));
        }
        return chunk;
    }

    /** Takes a message out; returns its LSN and what it took of the heap, or null when it is not there. */
    public @Nullable Left remove(long sequence) {
        long place = backlog.find(sequence);
        if (place != Backlog.NOWHERE) {
            QueueEntry entry = backlog.at(Backlog.levelOf(place), Backlog.orderOf(place));
            if (entry != null) {
                backlog.remove(entry);
                return new Left(entry.lsn(), entry.isLastToHold() ? entry.heapBytes() : 0);
            }
            long lsn = chunkAt(place).lsn(Lane.placeOf(Backlog.orderOf(place)));
            backlog.removeStored(place);
            return new Left(lsn, 0);
        }
        Absent stray = takeStray(sequence);
        return stray == null ? null : new Left(stray.lsn(), 0);
    }

    /** A message that was taken out. */
    public record Left(long lsn, int freedBytes) {}

    public void count(long sequence, int redeliveries) {
        long place = backlog.find(sequence);
        if (place != Backlog.NOWHERE) {
            count(chunkAt(place), Lane.placeOf(Backlog.orderOf(place)), redeliveries);
            return;
        }
        for (SortedMap<Long, Absent> aside : strays) {
            aside.computeIfPresent(sequence, (any, known) -> known.countedAtLeast(redeliveries));
        }
    }

    private static void count(Chunk chunk, int at, int redeliveries) {
        QueueEntry entry = chunk.entry(at);
        if (entry == null) {
            chunk.countAtLeast(at, redeliveries);
        } else {
            entry.redeliveries = Math.max(entry.redeliveries, redeliveries);
        }
    }

    /** Each message counts one delivery at least. */
    public void suspectAll() {
        backlog.visit((chunk, at, place) -> {
            count(chunk, at, 1);
            return true;
        });
        strays.forEach(aside -> aside.replaceAll((sequence, known) -> known.countedAtLeast(1)));
    }

    /** No more records: everything gets its place. */
    void finish() {
        for (int level = 0; level < Backlog.LEVELS; level++) {
            if (!strays.get(level).isEmpty()) {
                backlog.insert(level, strays.get(level));
                strays.set(level, new TreeMap<>());
            }
        }
    }

    /**
     * A prepared transaction has acknowledged these messages: nobody gets them before its outcome. After {@link #finish}; returns those that
     * are there.
     *
     * @param bodies reads messages by LSN, and counts them without their bodies: they are not needed
     */
    public List<QueueEntry> acknowledged(long[] sequences, Function<long[], @Nullable Message[]> bodies) {
        List<QueueEntry> held = new ArrayList<>(sequences.length);
        for (long sequence : sequences) {
            long place = backlog.find(sequence);
            QueueEntry entry = place == Backlog.NOWHERE ? null : present(place, bodies);
            if (entry != null) {
                entry.state = QueueEntry.State.IN_TRANSACTION;
                held.add(entry);
            }
        }
        return held;
    }

    private @Nullable QueueEntry present(long place, Function<long[], @Nullable Message[]> bodies) {
        QueueEntry here = backlog.at(Backlog.levelOf(place), Backlog.orderOf(place));
        if (here != null) {
            return here;
        }
        Absent absent = backlog.absent(place);
        Message message = bodies.apply(new long[] {absent.lsn()})[0];
        if (message == null) {
            return null; // damaged, which is told when somebody comes to it
        }
        QueueEntry entry = QueueEntry.light(message, absent);
        backlog.bringBack(place, entry);
        return entry;
    }
}
