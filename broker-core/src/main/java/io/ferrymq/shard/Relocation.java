package io.ferrymq.shard;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.queue.OldRecords;
import io.ferrymq.queue.Resting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages of the oldest segment again, so that the segment can go: a batch at a time, the next one when that is durable
 * and not faster than {@link #BYTES_PER_MS}, so that producers hardly notice. Owned by the shard.
 */
final class Relocation {
    private static final int BATCH_MESSAGES = 128;
    private static final long BATCH_BYTES = 256 << 10;
    private static final long BYTES_PER_MS = 32 << 10;

    /** A message and the backlogs that have it. */
    private record Move(Resting resting, List<OldRecords> backlogs, List<Resting> places) {}

    private final ShardContext context;
    private final Destinations destinations;
    private final Settlement settlement;
    private final BodyReader bodies;
    private final Deque<OldRecords> toVisit = new ArrayDeque<>();
    private long upTo;
    private boolean busy;

    Relocation(ShardContext context, Destinations destinations, Settlement settlement, BodyReader bodies) {
        this.bodies = bodies;
        this.context = context;
        this.destinations = destinations;
        this.settlement = settlement;
    }

    /** Up to which record everything is to be written again; 0 when nothing was asked for. */
    long upTo() {
        return upTo;
    }

    /** Messages with a record up to this one are to get a new one. */
    void begin(long lsn) {
        upTo = Math.max(upTo, lsn);
        if (!busy && upTo > 0) {
            toVisit.clear();
            destinations.all().stream()
                    .filter(destination -> destination.name().isQueue())
                    .forEach(destination -> toVisit.add(destination.queue().oldRecords()));
            destinations
                    .durables()
                    .all()
                    .forEach(durable -> toVisit.add(durable.backlog().oldRecords()));
            next();
        }
    }

    private void next() {
        busy = false;
        while (!toVisit.isEmpty() && !busy) {
            OldRecords current = toVisit.peek();
            List<Resting> batch = current.upTo(upTo, BATCH_MESSAGES, BATCH_BYTES);
            if (batch.isEmpty()) {
                toVisit.remove();
            } else {
                busy = true;
                read(toVisit.peek(), batch);
            }
        }
    }

    private void read(OldRecords backlog, List<Resting> batch) {
        long[] away = batch.stream()
                .filter(resting -> resting.message() == null)
                .mapToLong(Resting::lsn)
                .toArray();
        if (away.length == 0) {
            write(backlog, batch, new Message[0]);
        } else {
            bodies.read(away, found -> write(backlog, batch, found));
        }
    }

    private void write(OldRecords backlog, List<Resting> batch, @Nullable Message[] found) {
        List<Move> moves = new ArrayList<>(batch.size());
        List<Record> records = new ArrayList<>(batch.size());
        Map<DestinationName, List<OldRecords>> others = new HashMap<>(); // looked for once, not for each message
        int read = 0;
        long bytes = 0;
        for (Resting resting : batch) {
            Message message = resting.message() == null ? found[read++] : resting.message();
            Resting now = backlog.again(resting);
            if (message == null) {
                backlog.lose(resting);
            } else if (now != null) {
                Move move = move(
                        backlog, now, others.computeIfAbsent(message.destination(), topic -> others(backlog, topic)));
                moves.add(move);
                records.add(record(move, message));
                bytes += message.footprintBytes();
            }
        }
        long pauseMs = Math.max(1, bytes / BYTES_PER_MS);
        if (records.isEmpty()) {
            next();
        } else {
            context.outlet().appendAndPark(records, firstLsn -> {
                for (int i = 0; i < moves.size(); i++) {
                    moved(moves.get(i), firstLsn + i);
                }
                context.timers().schedule(pauseMs, this::next);
            });
        }
    }

    /** Other backlogs that may have the same messages of this topic: none for a queue. */
    private List<OldRecords> others(OldRecords backlog, DestinationName topic) {
        if (!backlog.name().isSubscription()) {
            return List.of();
        }
        return destinations.durables().concernedBy(topic).stream()
                .map(durable -> durable.backlog().oldRecords())
                .filter(other -> !other.name().equals(backlog.name()))
                .toList();
    }

    /** One record for all who have the message. */
    private static Move move(OldRecords backlog, Resting resting, List<OldRecords> others) {
        List<OldRecords> backlogs = new ArrayList<>(1);
        List<Resting> places = new ArrayList<>(1);
        backlogs.add(backlog);
        places.add(resting);
        for (OldRecords other : others) {
            Resting there = other.find(resting);
            if (there != null) {
                backlogs.add(other);
                places.add(there);
            }
        }
        return new Move(resting, backlogs, places);
    }

    private static Record record(Move move, Message message) {
        List<DestinationName> names =
                move.backlogs().stream().map(OldRecords::name).toList();
        int[] counts = move.places().stream().mapToInt(Resting::redeliveries).toArray();
        return new Record.MessageMoved(move.resting().sequence(), message, names, counts);
    }

    /** The new record is durable. Some backlogs may have lost the message meanwhile. */
    private void moved(Move move, long lsn) {
        int holders = 0;
        for (int i = 0; i < move.backlogs().size(); i++) {
            if (move.backlogs().get(i).moved(move.places().get(i), lsn)) {
                holders++;
            }
        }
        settlement.moved(move.backlogs().get(0).name(), move.resting().lsn(), lsn, holders);
    }
}
