package io.ferrymq.session;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.topic.TopicSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what happens to a slow subscriber of topics: by event where the policy wants it, and once in the log. */
final class SubscriberEvents implements TopicSubscription.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberEvents.class);

    private final SessionRegistry.Surroundings surroundings;

    SubscriberEvents(SessionRegistry.Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void discarded(Message message, ConsumerId consumer, int discarded) {
        DestinationName topic = message.destination();
        if (discarded == 1) {
            LOG.warn(
                    "a subscriber is too slow, some of its messages are discarded from now on: topic={}, consumer={};"
                            + " let it read faster, or set pendingMessageLimit in a policy",
                    topic,
                    consumer);
        }
        if (surroundings.policies().of(topic).advisories().advisoryForDiscardingMessages()) {
            surroundings.events().on(new BrokerEvent.MessageDiscarded(topic, message, consumer, discarded));
        }
    }

    @Override
    public void dispatched(Message message, ConsumerId consumer) {
        surroundings.events().on(new BrokerEvent.MessageDispatched(message.destination(), message, consumer));
    }

    @Override
    public void slow(DestinationName topic, ConsumerId consumer) {
        if (surroundings.policies().of(topic).advisories().advisoryForSlowConsumers()) {
            surroundings.events().on(new BrokerEvent.SlowConsumer(topic, consumer));
        }
    }
}
