package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.transport.Tasks;
import io.netty.util.concurrent.EventExecutor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells clients which temporary destinations live. A stock client refuses to send to one it never heard of, so request and reply
 * over temporary queues depend on this: everybody who watches hears of a destination before its creator gets its answer, and
 * a new watcher hears of all that exist before its own (OpenWire 13, exchanges 2 and 11).
 *
 * <p>The state is owned by one event loop of the server, to which the methods hand over; any thread may call them. That one
 * thread both takes the snapshot for a new watcher and publishes changes is what keeps "gone" from overtaking "there".
 */
final class TemporaryDestinationAdvisories {
    private static final String TEMP_QUEUES = "ActiveMQ.Advisory.TempQueue";
    private static final String TEMP_TOPICS = "ActiveMQ.Advisory.TempTopic";
    private static final String TOPIC_PREFIX = "topic://";

    /** A connection, as the owner of temporary destinations. Its state belongs to the same event loop. */
    static final class Owner {
        private final String connectionId;
        private boolean ended;

        Owner(String connectionId) {
            this.connectionId = connectionId;
        }
    }

    private final EventExecutor loop;
    private final AdvisoryPublisher publisher;
    private final Map<DestinationName, Owner> live = new LinkedHashMap<>();

    TemporaryDestinationAdvisories(EventExecutor loop, AdvisoryPublisher publisher) {
        this.loop = loop;
        this.publisher = publisher;
    }

    /** Whether a consumer of {@code destination}, possibly composite, is told about temporary destinations. */
    static boolean isWatchedBy(DestinationName destination) {
        return watches(destination, TEMP_QUEUES) || watches(destination, TEMP_TOPICS);
    }

    private static boolean watches(DestinationName destination, String topic) {
        if (!destination.isTopic() && !destination.isComposite()) {
            return false;
        }
        for (String member : destination.physicalName().split(",")) {
            String name = member.trim();
            if (name.equals(TOPIC_PREFIX + topic) || (destination.isTopic() && name.equals(topic))) {
                return true;
            }
        }
        return false;
    }

    private static DestinationName topicFor(DestinationName temporary) {
        return DestinationName.topic(temporary.isQueue() ? TEMP_QUEUES : TEMP_TOPICS);
    }

    /** {@code next} runs when all watchers have been told. A destination may come again, with another owner after a failover. */
    void added(DestinationName temporary, Owner owner, Runnable next) {
        handOver(() -> onAdded(temporary, owner, next), next);
    }

    private void onAdded(DestinationName temporary, Owner owner, Runnable next) {
        if (owner.ended || live.put(temporary, owner) == owner) {
            next.run();
        } else {
            publish(temporary, owner, true, next);
        }
    }

    void removed(DestinationName temporary, Owner owner, Runnable next) {
        handOver(() -> onRemoved(temporary, owner, next), next);
    }

    private void onRemoved(DestinationName temporary, Owner owner, Runnable next) {
        if (live.remove(temporary, owner)) {
            publish(temporary, owner, false, next);
        } else {
            next.run();
        }
    }

    /** All destinations of {@code owner} are gone, and none of them comes any more. */
    void ended(Owner owner, Runnable next) {
        handOver(() -> onEnded(owner, next), next);
    }

    private void onEnded(Owner owner, Runnable next) {
        owner.ended = true;
        var gone = live.entrySet().stream()
                .filter(entry -> entry.getValue() == owner)
                .map(Map.Entry::getKey)
                .toList();
        Receipt all = Outcomes.afterAll(gone.size(), whenDone(next));
        gone.forEach(temporary -> onRemoved(temporary, owner, all::done));
    }

    /** Tells a new consumer of {@code watched} what exists, past the core, because the others know it already. */
    void replay(ConsumerId consumer, DestinationName watched, DeliverySink sink, Runnable next) {
        handOver(() -> onReplay(consumer, watched, sink, next), next);
    }

    private void onReplay(ConsumerId consumer, DestinationName watched, DeliverySink sink, Runnable next) {
        live.forEach((temporary, owner) -> {
            DestinationName topic = topicFor(temporary);
            if (watches(watched, topic.physicalName())) {
                var message = publisher.message(
                        topic, AdvisoryPublisher.about(temporary, owner.connectionId, true), consumer);
                sink.deliver(new Delivery(consumer, message, 0, 0));
            }
        });
        next.run();
    }

    private void publish(DestinationName temporary, Owner owner, boolean added, Runnable next) {
        publisher.publish(
                topicFor(temporary), AdvisoryPublisher.about(temporary, owner.connectionId, added), whenDone(next));
    }

    /** An advisory that could not be published must not keep a client from its answer. */
    private static Receipt whenDone(Runnable next) {
        return new Receipt() {
            @Override
            public void done() {
                next.run();
            }

            @Override
            public void refused(Refusal refusal) {
                next.run();
            }
        };
    }

    private void handOver(Runnable task, Runnable otherwise) {
        if (!Tasks.execute(loop, task)) {
            otherwise.run();
        }
    }
}
