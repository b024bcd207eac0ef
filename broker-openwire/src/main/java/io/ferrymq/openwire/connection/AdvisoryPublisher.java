package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.session.Client;
import io.ferrymq.session.ClientInfo;
import io.ferrymq.session.ClientListener;
import io.ferrymq.session.Sessions;
import io.ferrymq.time.Clock;
import io.ferrymq.transaction.TransactionId;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client inside the broker that publishes advisories: ordinary transient messages on ordinary topics, so that the core needs
 * to know nothing about them. Owned by one event loop of the server.
 */
final class AdvisoryPublisher implements ClientListener {
    private static final Logger LOG = LoggerFactory.getLogger(AdvisoryPublisher.class);
    private static final long SESSION = 1;
    private static final long PRODUCER = 1;
    private static final byte LOWEST_PRIORITY = 0;

    private final Sessions sessions;
    private final Supplier<String> url;
    private final MessageAdapter messages;
    private final ProducerId producer;
    private @Nullable Client client;
    private long sequence;

    /**
     * @param connectionId unique for every start of a broker: failover clients would take a number that they have seen
     *     before the restart for a duplicate
     * @param url where the broker listens
     */
    AdvisoryPublisher(Sessions sessions, Clock clock, String connectionId, Supplier<String> url) {
        this.sessions = sessions;
        this.url = url;
        this.messages = new MessageAdapter(clock, new Names());
        this.producer = new ProducerId(connectionId, SESSION, PRODUCER);
    }

    /** What watchers are told. */
    static DestinationInfo about(DestinationName temporary, String owner, boolean added) {
        DestinationInfo info = new DestinationInfo();
        info.connectionId = new ConnectionId(owner);
        info.destination = Names.write(temporary);
        info.operationType = added ? DestinationInfo.ADD : DestinationInfo.REMOVE;
        return info;
    }

    void publish(DestinationName topic, DestinationInfo about, Receipt receipt) {
        Client publishing = client();
        if (publishing == null) {
            receipt.done();
        } else {
            publishing.send(message(topic, about, null), TransactionId.NONE, receipt);
            publishing.flush();
        }
    }

    /** OpenWire 13. {@code target} is the only consumer that is meant, or null for all. */
    Message message(DestinationName topic, DestinationInfo about, @Nullable ConsumerId target) {
        ActiveMQMessage wire = new ActiveMQMessage();
        wire.type = "Advisory";
        wire.priority = LOWEST_PRIORITY;
        wire.dataStructure = about;
        wire.targetConsumerId = target == null ? null : Names.wire(target);
        wire.marshalledProperties = PrimitiveMap.encode(Map.of(
                "originBrokerId", sessions.brokerId(),
                "originBrokerName", sessions.brokerName(),
                "originBrokerURL", url.get()));
        return messages.toCore(wire, new MessageId(producer, ++sequence), topic);
    }

    /** Connects with the first advisory; null while the broker does not let it. */
    private @Nullable Client client() {
        if (client == null) {
            String id = producer.connection();
            Sessions.Outcome outcome = sessions.connect(new ClientInfo(id, id, "advisories", false), this);
            if (outcome instanceof Sessions.Outcome.Accepted accepted) {
                client = accepted.client();
                accepted.client().addAnonymousProducer(producer, Receipt.NONE);
            } else if (outcome instanceof Sessions.Outcome.Refused refused) {
                LOG.warn("Advisories cannot be published: reason={}", refused.refusal());
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
