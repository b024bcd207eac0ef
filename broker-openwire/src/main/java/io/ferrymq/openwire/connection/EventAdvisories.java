package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.observe.BrokerEvent.DestinationAdded;
import io.ferrymq.observe.BrokerEvent.DestinationFull;
import io.ferrymq.observe.BrokerEvent.DestinationRemoved;
import io.ferrymq.observe.BrokerEvent.FastProducer;
import io.ferrymq.observe.BrokerEvent.MessageConsumed;
import io.ferrymq.observe.BrokerEvent.MessageDeadLettered;
import io.ferrymq.observe.BrokerEvent.MessageDelivered;
import io.ferrymq.observe.BrokerEvent.MessageDiscarded;
import io.ferrymq.observe.BrokerEvent.MessageDispatched;
import io.ferrymq.observe.BrokerEvent.MessageExpired;
import io.ferrymq.observe.BrokerEvent.NoConsumer;
import io.ferrymq.observe.BrokerEvent.SlowConsumer;
import io.ferrymq.observe.BrokerListener;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.connection.AdvisoryPublisher.Advisory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes advisories of what the core says has happened. {@link #on} is called by the shards: there an advisory that nobody
 * watches costs one look. All else is owned by the advisory loop.
 */
final class EventAdvisories implements BrokerListener {
    private static final Logger LOG = LoggerFactory.getLogger(EventAdvisories.class);
    /** More than these do not wait for the loop: shards that are faster than it must not fill the heap. */
    static final int MOST_WAITING = 10_000;

    /** Runs what it is made of with the first call; from any thread. */
    private static final class Once implements Runnable {
        private final AtomicReference<@Nullable Runnable> task;

        Once(Runnable task) {
            this.task = new AtomicReference<>(task);
        }

        @Override
        public void run() {
            Runnable first = task.getAndSet(null);
            if (first != null) {
                first.run();
            }
        }
    }

    private final Advisories advisories;
    private final AdvisorySettings settings;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();

    EventAdvisories(Advisories advisories, AdvisorySettings settings) {
        this.advisories = advisories;
        this.settings = settings;
    }

    @Override
    public void on(BrokerEvent event) {
        DestinationName destination = event.destination();
        if (!AdvisoryTopics.isTold(destination)) {
            return;
        }
        if (event instanceof DestinationAdded) {
            onLasting(destination, () -> advisories.destinations().onAdded(destination));
        } else if (event instanceof DestinationRemoved) {
            onLasting(destination, () -> advisories.destinations().onRemoved(destination));
        } else {
            DestinationName topic = topicOf(event);
            if (advisories.watchers().any(topic)) {
                later(event, topic);
            }
        }
    }

    /** Temporary ones are told of by the connections that own them. */
    private void onLasting(DestinationName destination, Runnable task) {
        if (!destination.isTemporary()) {
            advisories.handOver(task, () -> {});
        }
    }

    private void later(BrokerEvent event, DestinationName topic) {
        if (waiting.incrementAndGet() <= MOST_WAITING) {
            Once told = new Once(waiting::decrementAndGet);
            advisories.handOver(() -> onEvent(event, topic, told), told);
            return;
        }
        waiting.decrementAndGet();
        long count = dropped.incrementAndGet();
        if (Long.bitCount(count) == 1) { // at 1, 2, 4, 8: seldom, when there are many
            LOG.warn("Advisories are dropped, they come too fast: topic={}, dropped={}", topic, count);
        }
    }

    private void onEvent(BrokerEvent event, DestinationName topic, Once told) {
        try {
            tell(event, topic, told);
        } catch (RuntimeException e) {
            told.run(); // it does not wait any more, and must not count for ever
            throw e;
        }
    }

    private void tell(BrokerEvent event, DestinationName topic, Once told) {
        if (event instanceof NoConsumer lonely) {
            advisories.publisher().forward(lonely.message(), topic, told);
            return;
        }
        Optional<Message> message = messageOf(event);
        Optional<DataStructure> about = message.isPresent()
                ? Optional.of(advisories
                        .publisher()
                        .payload(message.get(), settings.bodies().test(event.destination())))
                : partOf(event).flatMap(advisories.clients()::infoOf);
        advisories.publisher().tell(new Advisory(topic, about.orElse(null), properties(event)), told);
    }

    private static DestinationName topicOf(BrokerEvent event) {
        DestinationName destination = event.destination();
        if (event instanceof MessageExpired) {
            return AdvisoryTopics.plain("Expired", destination);
        } else if (event instanceof NoConsumer) {
            return AdvisoryTopics.plain("NoConsumer", destination);
        } else if (event instanceof MessageDeadLettered) {
            return AdvisoryTopics.exact("MessageDLQd", destination);
        } else if (event instanceof DestinationFull) {
            return AdvisoryTopics.exact("FULL", destination);
        }
        // The others are called as their topics are.
        return AdvisoryTopics.exact(event.getClass().getSimpleName(), destination);
    }

    /** OpenWire 13. The misspelled names are those of the protocol. */
    private static Map<String, ?> properties(BrokerEvent event) {
        String destination = event.destination().qualified();
        if (event instanceof MessageExpired expired) {
            return Map.of("orignalMessageId", id(expired.message()));
        } else if (event instanceof MessageDelivered delivered) {
            return Map.of("orignalMessageId", id(delivered.message()), "orignalDestination", destination);
        } else if (event instanceof MessageConsumed consumed) {
            return Map.of("orignalMessageId", id(consumed.message()), "orignalDestination", destination);
        } else if (event instanceof MessageDispatched dispatched) {
            return Map.of(
                    "orignalMessageId", id(dispatched.message()),
                    "orignalDestination", destination,
                    "consumerId", dispatched.consumer().toString());
        } else if (event instanceof MessageDiscarded discarded) {
            return Map.of(
                    "orignalMessageId", id(discarded.message()),
                    "orignalDestination", destination,
                    "consumerId", discarded.consumer().toString(),
                    "discardedCount", discarded.discarded());
        } else if (event instanceof SlowConsumer slow) {
            return Map.of("consumerId", slow.consumer().toString());
        } else if (event instanceof FastProducer fast) {
            return Map.of("producerId", fast.producer().toString());
        } else if (event instanceof DestinationFull full) {
            // as Classic names what belongs to its one memory limit
            return Map.of("usageName", "Main:" + full.usageName() + ':' + destination, "usageCount", full.usageCount());
        }
        return Map.of();
    }

    private static String id(Message message) {
        return message.id().toString();
    }

    private static Optional<Message> messageOf(BrokerEvent event) {
        if (event instanceof MessageExpired expired) {
            return Optional.of(expired.message());
        } else if (event instanceof MessageDeadLettered dead) {
            return Optional.of(dead.message());
        } else if (event instanceof MessageDelivered delivered) {
            return Optional.of(delivered.message());
        } else if (event instanceof MessageDispatched dispatched) {
            return Optional.of(dispatched.message());
        } else if (event instanceof MessageConsumed consumed) {
            return Optional.of(consumed.message());
        } else if (event instanceof MessageDiscarded discarded) {
            return Optional.of(discarded.message());
        }
        return Optional.empty();
    }

    /** The consumer or producer that it is about. */
    private static Optional<Object> partOf(BrokerEvent event) {
        if (event instanceof SlowConsumer slow) {
            return Optional.of(slow.consumer());
        }
        return event instanceof FastProducer fast ? Optional.of(fast.producer()) : Optional.empty();
    }
}
