package io.ferrymq.queue;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ProducerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The highest message sequence seen per producer and queue, so that a message sent again after a failover is recognised (OpenWire
 * sessions, duplicate sends). Per queue, because only there a producer's messages keep their order: one that is held for memory is
 * overtaken by those to other queues. Owned by one thread; keeps the pairs that were used last.
 */
public final class ProducerAudit {
    /** What a shard keeps. */
    public static final int PAIRS = 16_384;

    private record Pair(ProducerId producer, DestinationName queue) {}

    private final Map<Pair, Highest> highest;

    /** @param pairs how many of a producer and a queue it keeps */
    public ProducerAudit(int pairs) {
        this.highest = new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Pair, Highest> eldest) {
                return size() > pairs;
            }
        };
    }

    public void seen(Message message) {
        Highest known = highest.computeIfAbsent(pair(message), any -> new Highest());
        known.sequence = Math.max(known.sequence, message.id().sequence());
    }

    public boolean isDuplicate(Message message) {
        Highest known = highest.get(pair(message));
        return known != null && message.id().sequence() <= known.sequence;
    }

    /** For a snapshot: what it knows, used last at the end. */
    public Record.ProducersSeen seen() {
        List<Record.ProducersSeen.Mark> marks = new ArrayList<>(highest.size());
        highest.forEach((pair, known) ->
                marks.add(new Record.ProducersSeen.Mark(pair.producer(), pair.queue(), known.sequence)));
        return new Record.ProducersSeen(marks);
    }

    public void restore(Record.ProducersSeen.Mark mark) {
        Highest known = highest.computeIfAbsent(new Pair(mark.producer(), mark.queue()), any -> new Highest());
        known.sequence = Math.max(known.sequence, mark.sequence());
    }

    private static Pair pair(Message message) {
        return new Pair(message.id().producer(), message.destination());
    }

    private static final class Highest {
        private long sequence = Long.MIN_VALUE;
    }
}
