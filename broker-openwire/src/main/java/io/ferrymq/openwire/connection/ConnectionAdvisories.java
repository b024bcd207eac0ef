package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.ProducerId;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.RemoveSubscriptionInfo;
import io.ferrymq.selector.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What one connection has to say to {@link Advisories}, and what it wants to hear. Owned by the connection's event loop. The
 * receipts that it makes tell watchers first and pass the outcome on then: so a client cannot come and go faster than is told.
 */
final class ConnectionAdvisories {
    private static final Runnable NOTHING = () -> {};

    private final Advisories advisories;
    private final Link link;
    private final AdvisedClient client;
    /** Producers and consumers that are there or have asked to be. */
    private final Map<Object, Advised> parts = new HashMap<>();

    ConnectionAdvisories(Advisories advisories, Link link, String connectionId) {
        this.advisories = advisories;
        this.link = link;
        this.client = new AdvisedClient(connectionId);
    }

    /** The client was accepted; {@code address} is where it comes from. */
    void connected(ConnectionInfo info, String address) {
        if (advisories.settings().advised()) {
            ConnectionInfo told = withoutPassword(info, address);
            advisories.handOver(() -> advisories.onConnected(client, told), NOTHING);
        }
    }

    private static ConnectionInfo withoutPassword(ConnectionInfo info, String address) {
        ConnectionInfo told = new ConnectionInfo();
        told.commandId = info.commandId;
        told.responseRequired = info.responseRequired;
        told.connectionId = info.connectionId;
        told.clientId = info.clientId;
        told.userName = info.userName;
        told.password = "";
        told.brokerPath = info.brokerPath;
        told.brokerMasterConnector = info.brokerMasterConnector;
        told.manageable = info.manageable;
        told.clientMaster = info.clientMaster;
        told.faultTolerant = info.faultTolerant;
        told.failoverReconnect = info.failoverReconnect;
        told.clientIp = info.clientIp == null ? address : info.clientIp;
        return told;
    }

    /**
     * How many messages the core may have outstanding with a consumer. The one by which a stock client watches temporary
     * destinations, on its implicit session, has no limit: it keeps nothing, and if one advisory waited for credit, a message that
     * wants its answer there could overtake it.
     */
    int prefetch(ConsumerId id, DestinationName destination, int asked) {
        return isUnlimited(id, destination) ? Integer.MAX_VALUE : asked;
    }

    private static boolean isUnlimited(ConsumerId id, DestinationName destination) {
        return id.session() < 0 && AdvisoryTopics.isTemporariesOnly(destination);
    }

    /** Whether the client cannot change the prefetch of this consumer. */
    boolean isUnlimited(ConsumerId id) {
        Advised part = parts.get(id);
        return part != null
                && part.info() instanceof ConsumerInfo info
                && new Names()
                        .destination(info.destination)
                        .filter(destination -> isUnlimited(id, destination))
                        .isPresent();
    }

    /** For a new consumer: when the core has accepted it, and before {@code answer}. */
    Receipt subscribed(ConsumerInfo info, ConsumerId id, DestinationName destination, Receipt answer) {
        List<DestinationPattern> heard = AdvisoryTopics.heardBy(destination);
        Optional<Watcher> watcher =
                heard.isEmpty() ? Optional.empty() : Optional.of(new Watcher(id, heard, selector(info), link));
        boolean knows = watcher.isPresent() && watcher.get().watches(AdvisoryTopics.TEMP_QUEUES);
        Receipt told = knows ? Outcomes.before(answer, this::releaseDeliveries) : answer;
        return added(
                new Advised(
                        id,
                        Objects.requireNonNull(info.consumerId, "consumerId"),
                        info,
                        told(destination).map(AdvisoryTopics::consumers),
                        watcher),
                told);
    }

    /** One that is none is refused by the core. */
    private static Selector selector(ConsumerInfo info) {
        return info.selector != null && Selector.parse(info.selector) instanceof Selector.Outcome.Accepted accepted
                ? accepted.selector()
                : Selector.ALL;
    }

    /** Behind what was replayed: after a failover deliveries wait for that. */
    private void releaseDeliveries(Runnable next) {
        link.releaseDeliveries();
        next.run();
    }

    /** For a new producer, likewise. Those without destination are known, but not told of. */
    Receipt produces(ProducerInfo info, ProducerId id, Optional<DestinationName> destination, Receipt answer) {
        return added(
                new Advised(
                        id,
                        Objects.requireNonNull(info.producerId, "producerId"),
                        info,
                        destination.flatMap(this::told).map(AdvisoryTopics::producers),
                        Optional.empty()),
                answer);
    }

    /** Nobody is told of those who produce or consume advisories. */
    private Optional<DestinationName> told(DestinationName destination) {
        boolean told = advisories.settings().advised() && !AdvisoryTopics.isNamedBy(destination);
        return told ? Optional.of(destination) : Optional.empty();
    }

    private Receipt added(Advised part, Receipt answer) {
        parts.put(part.id(), part);
        return Outcomes.onRefusal(
                Outcomes.before(
                        answer, next -> advisories.handOver(() -> advisories.onAdded(client, part, next), next)),
                () -> link.execute(() -> parts.remove(part.id(), part)));
    }

    /** For a consumer that ends: when the core has ended it, and before {@code answer}. */
    Receipt unsubscribed(ConsumerId id, Receipt answer) {
        Advised part = parts.remove(id);
        return part == null
                ? answer
                : Outcomes.before(
                        answer, next -> advisories.handOver(() -> advisories.onRemoved(client, part, next), next));
    }

    void producesNoMore(ProducerId id) {
        Advised part = parts.remove(id);
        if (part != null) {
            advisories.handOver(() -> advisories.onRemoved(client, part, NOTHING), NOTHING);
        }
    }

    /** For the deletion of a durable subscription to {@code subscribed}. */
    Receipt subscriptionRemoved(RemoveSubscriptionInfo info, DestinationName subscribed, Receipt answer) {
        if (told(subscribed).isEmpty()) {
            return answer;
        }
        return Outcomes.before(
                answer,
                next -> advisories.handOver(
                        () -> {
                            advisories.clients().onSubscriptionRemoved(subscribed, info);
                            next.run();
                        },
                        next));
    }

    /** For a new temporary destination: everybody who watches hears of it before {@code answer}. */
    Receipt created(DestinationName temporary, Receipt answer) {
        return Outcomes.before(
                answer,
                next -> advisories.handOver(
                        () -> advisories.destinations().onTemporaryAdded(temporary, client, next), next));
    }

    Receipt deleted(DestinationName temporary, Receipt answer) {
        return Outcomes.before(
                answer,
                next -> advisories.handOver(
                        () -> advisories.destinations().onTemporaryRemoved(temporary, client, next), next));
    }

    /** The core has ended all that the connection had. */
    void ended(Runnable next) {
        advisories.handOver(() -> advisories.onEnded(client, next), next);
    }
}
