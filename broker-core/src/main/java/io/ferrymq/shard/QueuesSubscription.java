package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Window;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueConsumer;
import io.ferrymq.transaction.TransactionPart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A consumer of all queues of one shard that match a pattern, those included that are still to come; one window for all. */
public final class QueuesSubscription extends Subscription implements Destinations.Watcher {
    private record Leg(Queue queue, QueueConsumer consumer) {}

    private final List<DestinationPattern> patterns;
    private final Window window;
    private final Supplier<QueueConsumer> consumers;
    private final Map<DestinationName, Leg> legs = new LinkedHashMap<>();
    private Runnable stopWatching = () -> {};
    private final List<Leg> inTurn = new ArrayList<>();
    private int nextToResume;

    /** @param consumers makes the consumer of one more queue, with {@code window} */
    public QueuesSubscription(
            ConsumerId id,
            List<DestinationPattern> patterns,
            Window window,
            Supplier<QueueConsumer> consumers,
            DeliverySink sink) {
        super(id, sink);
        this.patterns = List.copyOf(patterns);
        this.window = window;
        this.consumers = consumers;
    }

    @Override
    void attach(Destinations destinations, Receipt receipt) {
        // as in ActiveMQ: for a group that consumes several virtual topics
        destinations.createAll(patterns.stream()
                .map(DestinationPattern::name)
                .filter(destinations::isConsumerQueue)
                .toList());
        List.copyOf(destinations.all()).forEach(this::appeared);
        destinations.watch(this);
        stopWatching = () -> destinations.unwatch(this);
        receipt.done();
    }

    @Override
    public void appeared(Destination destination) {
        DestinationName name = destination.name();
        boolean wanted = patterns.stream().anyMatch(pattern -> pattern.matches(name));
        if (wanted && !legs.containsKey(name)) {
            Leg leg = new Leg(destination.queue(), consumers.get());
            legs.put(name, leg);
            inTurn.add(leg);
            leg.queue.subscribe(leg.consumer);
        }
    }

    @Override
    public void disappeared(Destination destination) {
        Leg leg = legs.remove(destination.name());
        if (leg != null) {
            inTurn.remove(leg);
        }
    }

    @Override
    void detach(LastDelivered last) {
        stopWatching.run();
        legs.forEach((name, leg) -> leg.queue.unsubscribe(leg.consumer, last.in(name)));
        legs.clear();
        inTurn.clear();
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range) {
        Leg leg = legs.get(range.destination());
        return leg == null ? Optional.empty() : leg.queue.acknowledge(leg.consumer, range);
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range, TransactionPart part) {
        Leg leg = legs.get(range.destination());
        return leg == null
                ? Optional.empty()
                : leg.queue.acknowledge(leg.consumer, range, part.acknowledgedOf(leg.queue));
    }

    @Override
    void changePrefetch(int prefetch) {
        window.changePrefetch(prefetch);
        resume();
    }

    /**
     * Goes on where it stopped for lack of credit, so that a busy queue does not keep the others from their turn. By index, since a
     * message that turns out to have expired may make a queue.
     */
    @Override
    void resume() {
        for (int left = inTurn.size(); left > 0 && window.hasCredit(); left--) {
            nextToResume = (nextToResume + 1) % inTurn.size();
            Leg leg = inTurn.get(nextToResume);
            leg.queue.resume(leg.consumer);
        }
    }

    @Override
    long startPull() {
        long pull = window.pull();
        resume();
        return pull;
    }

    @Override
    void whenLooked(Runnable then) {
        whenLooked(List.copyOf(inTurn), 0, then);
    }

    /** No deeper with each of them: there may be very many. */
    private static void whenLooked(List<Leg> legs, int from, Runnable then) {
        for (int i = from; i < legs.size(); i++) {
            Leg leg = legs.get(i);
            int next = i + 1;
            if (leg.queue.awaitLook(leg.consumer, () -> whenLooked(legs, next, then))) {
                return;
            }
        }
        then.run();
    }

    @Override
    boolean isPullOpen() {
        return window.isPull() && window.hasCredit();
    }

    @Override
    boolean endPull(long pull) {
        return window.endPull(pull);
    }
}
