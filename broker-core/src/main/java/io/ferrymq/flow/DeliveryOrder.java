package io.ferrymq.flow;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Remembers in which order the destinations of one consumer have delivered, since a range of an acknowledgement is a range of that
 * order, and says what it means for each of them. Any thread: its state belongs to whoever holds its monitor, which no one keeps
 * for longer than it takes to look through what is outstanding.
 */
public final class DeliveryOrder implements DeliverySink {
    private record Sent(MessageId message, DestinationName destination, long sequence) {}

    private final DeliverySink sink;
    private final Function<DestinationName, Object> partOf;
    private final Deque<Sent> outstanding = new ArrayDeque<>();

    /** @param partOf who acknowledges for a destination: destinations with an equal part are acknowledged together */
    public DeliveryOrder(DeliverySink sink, Function<DestinationName, Object> partOf) {
        this.sink = sink;
        this.partOf = partOf;
    }

    @Override
    public synchronized void deliver(Delivery delivery) {
        outstanding.add(new Sent(delivery.message().id(), delivery.message().destination(), delivery.sequence()));
        sink.deliver(delivery); // within the monitor: else the order could be another one
    }

    @Override
    public void nothing(ConsumerId consumer) {
        sink.nothing(consumer);
    }

    @Override
    public void abort(ConsumerId consumer) {
        sink.abort(consumer);
    }

    @Override
    public boolean isCongested() {
        return sink.isCongested();
    }

    /**
     * The range as ranges of its parts; empty when its ends are not outstanding, or it has not as many messages as it says.
     *
     * @param settles they will not be acknowledged again
     */
    public synchronized List<AckRange> split(AckRange range, boolean settles) {
        List<Sent> selected = select(range);
        boolean exact = range.type() != AckType.STANDARD || !settles || selected.size() == range.count();
        if (!exact) {
            return List.of();
        }
        Map<Object, List<Sent>> parts = new LinkedHashMap<>();
        for (Sent sent : selected) {
            parts.computeIfAbsent(partOf.apply(sent.destination()), any -> new ArrayList<>())
                    .add(sent);
        }
        if (settles) {
            forget(selected);
        }
        return parts.values().stream().map(part -> rangeOf(range, part)).toList();
    }

    /** What the message with this sequence, if it is outstanding, says about each destination. */
    public synchronized LastDelivered upTo(long sequence) {
        Map<DestinationName, Long> inEach = new HashMap<>();
        for (Sent sent : outstanding) {
            inEach.put(sent.destination(), sent.sequence());
            if (sent.sequence() == sequence) {
                return new LastDelivered(sequence, inEach);
            }
        }
        return LastDelivered.of(sequence);
    }

    private static AckRange rangeOf(AckRange whole, List<Sent> part) {
        Sent first = part.get(0);
        Sent last = part.get(part.size() - 1);
        return new AckRange(
                last.destination(),
                whole.type(),
                whole.type() == AckType.INDIVIDUAL ? Optional.empty() : Optional.of(first.message()),
                last.message(),
                part.size(),
                whole.cause());
    }

    private List<Sent> select(AckRange range) {
        List<Sent> selected = new ArrayList<>();
        if (isOfOne(range)) {
            outstanding.stream().filter(sent -> isLast(sent, range)).findFirst().ifPresent(selected::add);
            return selected;
        }
        boolean inside = range.first().isEmpty();
        for (Sent sent : outstanding) {
            inside |= sent.message().equals(range.first().orElse(sent.message()));
            if (inside) {
                selected.add(sent);
                if (isLast(sent, range)) {
                    return selected;
                }
            }
        }
        return List.of();
    }

    private static boolean isOfOne(AckRange range) {
        return range.type() == AckType.INDIVIDUAL
                || (range.count() == 1 && range.first().equals(Optional.of(range.last())));
    }

    /** The id alone is not enough: copies of one message in several destinations have the same. */
    private static boolean isLast(Sent sent, AckRange range) {
        return sent.message().equals(range.last()) && sent.destination().equals(range.destination());
    }

    private void forget(List<Sent> settled) {
        Iterator<Sent> gone = settled.iterator();
        Sent next = gone.hasNext() ? gone.next() : null;
        for (Iterator<Sent> all = outstanding.iterator(); next != null && all.hasNext(); ) {
            if (all.next() == next) {
                all.remove();
                next = gone.hasNext() ? gone.next() : null;
            }
        }
    }
}
