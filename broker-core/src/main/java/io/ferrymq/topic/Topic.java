package io.ferrymq.topic;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import java.util.ArrayList;
import java.util.List;

/** A topic as a state machine, owned by one shard: a message goes to every subscription there is at that moment. */
public final class Topic {
    private final DestinationName name;
    private final List<TopicSubscription> subscriptions = new ArrayList<>();

    public Topic(DestinationName name) {
        this.name = name;
    }

    public DestinationName name() {
        return name;
    }

    public void publish(Message message, long sequence) {
        for (int i = 0; i < subscriptions.size(); i++) {
            subscriptions.get(i).offer(message, sequence);
        }
    }

    public void subscribe(TopicSubscription subscription) {
        subscriptions.add(subscription);
    }

    public void unsubscribe(TopicSubscription subscription) {
        subscriptions.remove(subscription);
    }

    public int consumerCount() {
        return subscriptions.size();
    }

    /** Only while there are consumers. */
    public ConsumerId oldestConsumer() {
        return subscriptions.get(0).id();
    }
}
