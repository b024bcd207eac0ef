package io.ferrymq.queue;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The messages of a backlog seen as records of the journal, some of which are to be written again. Owned by the queue's shard. */
public final class OldRecords {
    private final DestinationName name;
    private final Backlog backlog;
    private final QueueEffects effects;

    OldRecords(DestinationName name, Backlog backlog, QueueEffects effects) {
        this.name = name;
        this.backlog = backlog;
        this.effects = effects;
    }

    /** The name of the backlog. */
    public DestinationName name() {
        return name;
    }

    /** All messages that are in the journal, for a snapshot. */
    public void tell(Consumer<Record> snapshot) {
        WaitingBlock block = new WaitingBlock(name, snapshot);
        for (int level = 0; level < Backlog.LEVELS; level++) {
            long end = backlog.end(level);
            for (long order = backlog.seek(level, 0); order < end; order = backlog.seek(level, order + 1)) {
                Chunk chunk = chunkOf(Backlog.place(level, order));
                if (chunk != null && chunk.lsn(Lane.placeOf(order)) > 0) {
                    block.add(level, chunk.picture(Lane.placeOf(order)));
                }
            }
        }
        block.finish();
    }

    /** Messages with records up to this one, the first ones in order: not more than so many, or so many bytes and one. */
    public List<Resting> upTo(long lsn, int most, long mostBytes) {
        Gathering gathering = new Gathering(lsn, most, mostBytes);
        backlog.eachChunk(gathering);
        return gathering.found;
    }

    private static final class Gathering implements Backlog.ChunkVisitor {
        private final long upTo;
        private final int most;
        private final long mostBytes;
        private final List<Resting> found = new ArrayList<>();
        private long bytes;

        private Gathering(long upTo, int most, long mostBytes) {
            this.upTo = upTo;
            this.most = most;
            this.mostBytes = mostBytes;
        }

        private boolean hasRoom() {
            return found.size() < most && bytes < mostBytes;
        }

        @Override
        public boolean on(Chunk chunk, long firstPlace) {
            if (!chunk.mayReachTo(upTo)) {
                return true;
            }
            int before = found.size();
            for (int at = chunk.seek(0); at < chunk.appended() && hasRoom(); at = chunk.seek(at + 1)) {
                if (isMovable(chunk, at, upTo)) {
                    found.add(resting(chunk, at, firstPlace + at));
                    bytes += chunk.footprint(at);
                }
            }
            if (found.size() == before) {
                chunk.leastLsn(); // looked at for nothing: not again
            }
            return hasRoom();
        }
    }

    private static boolean isMovable(Chunk chunk, int at, long upTo) {
        QueueEntry entry = chunk.entry(at);
        boolean leaving = entry != null && entry.state == QueueEntry.State.COMMITTING;
        return !leaving && chunk.lsn(at) > 0 && chunk.lsn(at) <= upTo;
    }

    private static Resting resting(Chunk chunk, int at, long place) {
        QueueEntry entry = chunk.entry(at);
        if (entry == null) {
            return new Resting(place, chunk.sequence(at), chunk.lsn(at), chunk.redeliveries(at), null);
        }
        Message message = entry.isLight() ? null : entry.message();
        return new Resting(place, entry.sequence(), entry.lsn(), entry.redeliveries, message);
    }

    /** The same record here; null when this backlog does not have it. */
    public @Nullable Resting find(Resting elsewhere) {
        long place = backlog.find(elsewhere.sequence());
        return place == Backlog.NOWHERE ? null : find(elsewhere, place);
    }

    private @Nullable Resting find(Resting resting, long place) {
        Chunk chunk = chunkOf(place);
        int at = Lane.placeOf(Backlog.orderOf(place));
        boolean same = chunk != null && chunk.lsn(at) == resting.lsn() && isMovable(chunk, at, resting.lsn());
        return same ? resting(chunk, at, place) : null;
    }

    private @Nullable Chunk chunkOf(long place) {
        return backlog.chunk(Backlog.levelOf(place), Backlog.orderOf(place));
    }

    /** As it is now, since it may have been delivered meanwhile; null when it is not there any more, or will not be. */
    public @Nullable Resting again(Resting resting) {
        return find(resting, resting.place());
    }

    /** Its record is another one from now on; false when it is not there any more. */
    public boolean moved(Resting resting, long lsn) {
        Chunk chunk = chunkOf(resting.place());
        int at = Lane.placeOf(Backlog.orderOf(resting.place()));
        boolean there = chunk != null && chunk.lsn(at) == resting.lsn();
        if (there) {
            chunk.moved(at, lsn);
        }
        return there;
    }

    /** Its record is damaged: it cannot be delivered. */
    public void lose(Resting resting) {
        if (again(resting) == null) {
            return;
        }
        QueueEntry entry = backlog.at(Backlog.levelOf(resting.place()), Backlog.orderOf(resting.place()));
        if (entry == null) {
            Absent absent = backlog.absent(resting.place());
            backlog.removeStored(resting.place());
            effects.lost(name, List.of(absent));
        } else if (entry.isLight()) {
            Absent absent = Absent.of(entry);
            effects.bodiesStored(backlog.lose(entry));
            effects.lost(name, List.of(absent));
        }
    }
}
