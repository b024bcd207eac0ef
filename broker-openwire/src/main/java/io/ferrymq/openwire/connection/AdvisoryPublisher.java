package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.session.Client;
import io.ferrymq.session.ClientInfo;
import io.ferrymq.session.ClientListener;
import io.ferrymq.session.Sessions;
import io.ferrymq.time.Clock;
import io.ferrymq.transaction.TransactionId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client inside the broker that publishes advisories: ordinary transient messages on ordinary topics, so that the core needs
 * to know nothing about them. Owned by the advisory loop, an event loop of the server.
 */
final class AdvisoryPublisher implements ClientListener {
    /**
     * What watchers are told.
     *
     * @param about what it is about, or null when the topic says it all
     * @param properties beside those that all advisories have
     */
    record Advisory(DestinationName topic, @Nullable DataStructure about, Map<String, ?> properties) {}

    private static final Logger LOG = LoggerFactory.getLogger(AdvisoryPublisher.class);
    private static final long SESSION = 1;
    private static final long PRODUCER = 1;
    private static final byte LOWEST_PRIORITY = 0;

    private final Sessions sessions;
    private final Watchers watchers;
    private final Supplier<String> url;
    private final MessageAdapter messages;
    private final ProducerId producer;
    private final Set<DestinationName> inCore = new HashSet<>();
    private @Nullable Client client;
    private boolean refused;
    private long sequence;
    private long dropped;

    /**
     * @param connectionId unique for every start of a broker: failover clients would take a number that they have seen
     *     before the restart for a duplicate
     * @param url where the broker listens
     */
    AdvisoryPublisher(Sessions sessions, Watchers watchers, Clock clock, String connectionId, Supplier<String> url) {
        this.sessions = sessions;
        this.watchers = watchers;
        this.url = url;
        this.messages = new MessageAdapter(clock, new Names());
        this.producer = new ProducerId(connectionId, SESSION, PRODUCER);
    }

    /** Tells all watchers of its topic, if there are any. {@code next} runs when that is done, or cannot be. */
    void tell(Advisory advisory, Runnable next) {
        if (watchers.any(advisory.topic())) {
            send(message(advisory, null), next);
        } else {
            next.run();
        }
    }

    /** Tells {@code watcher} alone what the others know already; only if it watches the topic. */
    void tellAgain(Advisory advisory, Watcher watcher) {
        Message message = watcher.isToldAgain(advisory.topic()) ? message(advisory, watcher.consumer()) : null;
        if (message != null && watcher.wants(message)) {
            watcher.link().tellAgain(delivery(message, watcher));
        }
    }

    /** Sends a client's message itself, as it is, to watchers of {@code topic} (advisories about missing consumers). */
    void forward(Message original, DestinationName topic, Runnable next) {
        if (watchers.any(topic)) {
            Message message = original.toBuilder().destination(topic).build();
            send(message, next);
        } else {
            next.run();
        }
    }

    private void send(Message message, Runnable next) {
        Client publishing = isForTheCore(message.destination()) ? client() : null;
        if (publishing == null) {
            watchers.of(message.destination()).forEach(watcher -> tell(message, watcher));
            next.run();
        } else {
            // What could not be published must not keep a client from its answer.
            publishing.send(message, TransactionId.NONE, Receipt.always(next));
            publishing.flush();
        }
    }

    /**
     * Only topics that somebody has subscribed to by name, and those for ever, so that nothing is overtaken. Those who watch with
     * wildcards are told past the core of what has no such topic: else every temporary queue would leave some behind.
     */
    private boolean isForTheCore(DestinationName topic) {
        if (DestinationPattern.isPattern(topic)) {
            return false; // named after a consumer of a wildcard
        }
        if (watchers.anyExactly(topic)) {
            inCore.add(topic);
        }
        return inCore.contains(topic);
    }

    private void tell(Message message, Watcher watcher) {
        if (!watcher.wants(message)) {
            return;
        }
        if (!watcher.link().tell(delivery(message, watcher)) && Long.bitCount(++dropped) == 1) { // at 1, 2, 4, 8
            LOG.warn(
                    "Advisories are dropped, their consumer does not read: consumer={}, topic={}, dropped={}",
                    Printable.of(watcher.consumer().toString()),
                    Printable.of(message.destination().qualified()),
                    dropped);
        }
    }

    private static Delivery delivery(Message message, Watcher watcher) {
        return new Delivery(watcher.consumer(), message, 0, 0);
    }

    /** A message as the subject of an advisory. */
    DataStructure payload(Message message, boolean withBody) {
        io.ferrymq.openwire.command.Message payload = messages.toWire(message, 0);
        if (!withBody) {
            payload.content = null;
        }
        return payload;
    }

    /** OpenWire 13. {@code target} is the only consumer that is meant, or null for all. */
    private Message message(Advisory advisory, @Nullable ConsumerId target) {
        ActiveMQMessage wire = new ActiveMQMessage();
        wire.type = "Advisory";
        wire.priority = LOWEST_PRIORITY;
        wire.dataStructure = advisory.about();
        wire.targetConsumerId = target == null ? null : Names.wire(target);
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("originBrokerId", sessions.brokerId());
        properties.put("originBrokerName", sessions.brokerName());
        properties.put("originBrokerURL", url.get());
        properties.putAll(advisory.properties());
        wire.marshalledProperties = PrimitiveMap.encode(properties);
        return messages.toCore(wire, new MessageId(producer, ++sequence), advisory.topic());
    }

    /** Connects with the first advisory; null while the broker does not let it. */
    private @Nullable Client client() {
        if (client == null) {
            String id = producer.connection();
            Sessions.Outcome outcome = sessions.connect(new ClientInfo(id, id, "advisories", false), this);
            if (outcome instanceof Sessions.Outcome.Accepted accepted) {
                client = accepted.client();
                accepted.client().addAnonymousProducer(producer, Receipt.NONE);
            } else if (outcome instanceof Sessions.Outcome.Refused no && !refused) {
                refused = true;
                LOG.warn("Advisories do not go through topics, but past them: reason={}", no.refusal());
            }
        }
        return client;
    }

    void close(Runnable whenClosed) {
        if (client == null) {
            whenClosed.run();
        } else {
            client.close(-1, whenClosed);
        }
    }

    @Override
    public void deliver(Delivery delivery) {
        throw new IllegalStateException("the advisory publisher consumes nothing: " + delivery.message());
    }

    @Override
    public void nothing(ConsumerId consumer) {
        // It consumes nothing.
    }

    @Override
    public void abort(ConsumerId consumer) {
        // It consumes nothing.
    }

    @Override
    public boolean isCongested() {
        return false;
    }

    /** The broker stops: so does the server that owns this. */
    @Override
    public void evicted(String reason) {
        LOG.debug("The advisory publisher was evicted: reason={}", reason);
    }
}
