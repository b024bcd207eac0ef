package io.ferrymq.topic;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.queue.Filter;
import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.SelectorIndex;
import java.util.ArrayList;
import java.util.List;

/** A topic as a state machine, owned by one shard: a message goes to every subscription there is at that moment. */
public final class Topic {
    private final DestinationName name;
    private final PropertyFormat properties;
    private final RecentMessages recent;
    private final List<TopicSubscription> subscriptions = new ArrayList<>();
    private final List<DurableSubscription> durables = new ArrayList<>();
    private final List<TopicSubscriber> wantingAll = new ArrayList<>();
    private final SelectorIndex<TopicSubscriber> selecting = new SelectorIndex<>();

    /** @param recent what it remembers for retroactive consumers */
    public Topic(DestinationName name, PropertyFormat properties, RecentMessages recent) {
        this.name = name;
        this.properties = properties;
        this.recent = recent;
    }

    public DestinationName name() {
        return name;
    }

    /** Gives the message to all who want it. */
    public void publish(Publication publication) {
        Message message = publication.message();
        recent.add(message, publication.sequence());
        for (int i = 0; i < wantingAll.size(); i++) {
            offer(wantingAll.get(i), publication);
        }
        if (!selecting.isEmpty()) {
            selecting.forEachMatch(new Candidate(message, properties), subscriber -> offer(subscriber, publication));
        }
    }

    private static void offer(TopicSubscriber subscriber, Publication publication) {
        if (subscriber.filter().hears(publication.message())) {
            subscriber.offer(publication);
        }
    }

    /** @param retroactive it also wants what this topic remembers */
    public void subscribe(TopicSubscription subscription, boolean retroactive) {
        if (retroactive) {
            recall(subscription.filter()).forEach(subscription::offer);
        }
        subscriptions.add(subscription);
        add(subscription);
    }

    /** What it remembers of messages that match. */
    public List<Publication> recall(Filter filter) {
        return recent.matching(filter, properties);
    }

    public void unsubscribe(TopicSubscription subscription) {
        if (subscriptions.remove(subscription)) {
            remove(subscription);
        }
    }

    public void keepFor(DurableSubscription durable) {
        durables.add(durable);
        add(durable);
    }

    public void keepNoLonger(DurableSubscription durable) {
        if (durables.remove(durable)) {
            remove(durable);
        }
    }

    private void add(TopicSubscriber subscriber) {
        if (subscriber.filter().selector().isAll()) {
            wantingAll.add(subscriber);
        } else {
            selecting.add(subscriber.filter().selector(), subscriber);
        }
    }

    private void remove(TopicSubscriber subscriber) {
        if (subscriber.filter().selector().isAll()) {
            wantingAll.remove(subscriber);
        } else {
            selecting.remove(subscriber.filter().selector(), subscriber);
        }
    }

    /** The durable subscriptions that want the message; for recovery. */
    public List<DurableSubscription> durablesWanting(Message message) {
        List<DurableSubscription> wanting = new ArrayList<>();
        if (!durables.isEmpty()) {
            Candidate candidate = new Candidate(message, properties);
            for (DurableSubscription durable : durables) {
                if (durable.filter().matches(message, candidate)) {
                    wanting.add(durable);
                }
            }
        }
        return wanting;
    }

    /** A subscriber that is getting on has more waiting than it should: producers are to wait. */
    public boolean isFull(MemoryBudget budget) {
        if (!PendingLimit.mayBeReached(budget)) {
            return false; // as nearly always: not a look at any of them
        }
        for (int i = 0; i < subscriptions.size(); i++) {
            if (subscriptions.get(i).isFull(name)) {
                return true;
            }
        }
        return false;
    }

    public List<TopicSubscription> subscriptions() {
        return subscriptions;
    }

    /** Consumers that are there now: a durable subscription without one does not count. */
    public int consumerCount() {
        int active = 0;
        for (DurableSubscription durable : durables) {
            active += durable.isActive() ? 1 : 0;
        }
        return subscriptions.size() + active;
    }

    public boolean hasDurables() {
        return !durables.isEmpty();
    }

    /** Only while it {@link #hasDurables}. */
    public DestinationName oldestDurable() {
        return durables.get(0).name();
    }

    /** What it remembered is gone. */
    public void close() {
        recent.clear();
    }

    /** Only while there are consumers. */
    public ConsumerId oldestConsumer() {
        return subscriptions.stream()
                .map(TopicSubscription::id)
                .findFirst()
                .or(() -> durables.stream()
                        .flatMap(durable -> durable.consumer().stream())
                        .findFirst())
                .orElseThrow();
    }
}
