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
 * What has been seen per producer and queue, so that a message sent again after a failover is recognised (OpenWire sessions,
 * duplicate sends): the highest message sequence, and which of the {@link Record.ProducersSeen.Mark#WINDOW} up to it. Further back
 * everything counts as seen. Per queue, because a producer's messages keep their order only there, and not quite: one that is held
 * for lack of space may be overtaken by a commit of several shards. Owned by one thread; keeps the pairs that were used last.
 */
public final class ProducerAudit {
    /** What a shard keeps. */
    public static final int PAIRS = 16_384;

    private record Pair(ProducerId producer, DestinationName queue) {}

    private final Map<Pair, Seen> seen;

    /** @param pairs how many of a producer and a queue it keeps */
    public ProducerAudit(int pairs) {
        this.seen = new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Pair, Seen> eldest) {
                return size() > pairs;
            }
        };
    }

    public void seen(Message message) {
        seen.computeIfAbsent(pair(message), any -> new Seen()).add(message.id().sequence(), 1);
    }

    public boolean isDuplicate(Message message) {
        Seen known = seen.get(pair(message));
        return known != null && known.has(message.id().sequence());
    }

    /** For a snapshot: what it knows, used last at the end. */
    public Record.ProducersSeen seen() {
        List<Record.ProducersSeen.Mark> marks = new ArrayList<>(seen.size());
        seen.forEach((pair, known) ->
                marks.add(new Record.ProducersSeen.Mark(pair.producer(), pair.queue(), known.highest, known.window)));
        return new Record.ProducersSeen(marks);
    }

    public void restore(Record.ProducersSeen.Mark mark) {
        seen.computeIfAbsent(new Pair(mark.producer(), mark.queue()), any -> new Seen())
                .add(mark.sequence(), mark.window());
    }

    private static Pair pair(Message message) {
        return new Pair(message.id().producer(), message.destination());
    }

    private static final class Seen {
        private long highest = Long.MIN_VALUE;
        /** Bit 0 is the highest, bit 1 the one before. */
        private long window;

        void add(long sequence, long bits) {
            if (sequence > highest) {
                window = further(window, sequence - highest) | bits;
                highest = sequence;
            } else {
                window |= further(bits, highest - sequence);
            }
        }

        boolean has(long sequence) {
            if (sequence > highest) {
                return false;
            }
            long back = highest - sequence;
            return !isWithin(back) || (window >>> back & 1) != 0;
        }

        private static long further(long bits, long by) {
            return isWithin(by) ? bits << by : 0;
        }

        /** Differences of sequences that a client has made up may be negative: too large for a number. */
        private static boolean isWithin(long back) {
            return back >= 0 && back < Record.ProducersSeen.Mark.WINDOW;
        }
    }
}
