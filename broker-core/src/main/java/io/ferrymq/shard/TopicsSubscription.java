package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.topic.Topic;
import io.ferrymq.topic.TopicSubscription;
import io.ferrymq.transaction.TransactionPart;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A consumer of one or several topics of one shard, or of all that match, with one window. */
public final class TopicsSubscription extends Subscription implements Destinations.Watcher {
    private final List<DestinationName> names;
    private final List<DestinationPattern> patterns;
    private final TopicSubscription subscription;
    private final boolean retroactive;
    private final Set<Topic> topics = new LinkedHashSet<>();
    private Runnable stopWatching = () -> {};

    /**
     * @param names each of them, created where missing, or a pattern
     * @param retroactive wants what the topics remember
     */
    public TopicsSubscription(
            List<DestinationName> names, TopicSubscription subscription, boolean retroactive, DeliverySink sink) {
        super(subscription.id(), sink);
        this.names = names.stream()
                .filter(name -> !DestinationPattern.isPattern(name))
                .toList();
        this.patterns = names.stream()
                .filter(DestinationPattern::isPattern)
                .map(DestinationPattern::of)
                .toList();
        this.subscription = subscription;
        this.retroactive = retroactive;
    }

    @Override
    void attach(Destinations destinations, Receipt receipt) {
        subscription.deadLettersTo(destinations::deadLetter);
        for (DestinationName name : names) {
            Destination destination = destinations.findOrCreate(name);
            if (destination == null) {
                detach(LastDelivered.of(LastDelivered.NONE));
                receipt.refused(destinations.missing(name));
                return;
            }
            subscribe(destination);
        }
        if (!patterns.isEmpty()) {
            List.copyOf(destinations.all()).forEach(this::appeared);
            destinations.watch(this);
            stopWatching = () -> destinations.unwatch(this);
        }
        receipt.done();
    }

    private void subscribe(Destination destination) {
        if (topics.add(destination.topic())) {
            destination.topic().subscribe(subscription, retroactive || destination.policy.alwaysRetroactive());
        }
    }

    @Override
    public void appeared(Destination destination) {
        if (patterns.stream().anyMatch(pattern -> pattern.matches(destination.name()))) {
            subscribe(destination);
        }
    }

    @Override
    public void disappeared(Destination destination) {
        if (destination.name().isTopic()) {
            topics.remove(destination.topic());
        }
    }

    @Override
    void detach(LastDelivered last) {
        stopWatching.run();
        topics.forEach(topic -> topic.unsubscribe(subscription));
        topics.clear();
        subscription.close();
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range) {
        subscription.acknowledge(range);
        return Optional.empty();
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range, TransactionPart part) {
        return acknowledge(range); // nothing to undo: a rollback is redelivered by the client from its own memory
    }

    @Override
    void changePrefetch(int prefetch) {
        subscription.changePrefetch(prefetch);
    }

    @Override
    void resume() {
        subscription.resume();
    }

    @Override
    long startPull() {
        return subscription.pull();
    }

    @Override
    void whenLooked(Runnable then) {
        then.run();
    }

    @Override
    boolean isPullOpen() {
        return subscription.isPullOpen();
    }

    @Override
    boolean endPull(long pull) {
        return subscription.endPull(pull);
    }
}
