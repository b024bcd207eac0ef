package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.connection.AdvisoryPublisher.Advisory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells watchers which connections, producers and consumers there are, and counts them. Owned by the advisory loop: that one
 * thread both takes the snapshot for a new watcher and publishes changes is what keeps "gone" from overtaking "there".
 */
final class ClientAdvisories {
    private static final Runnable NOTHING = () -> {};

    private final AdvisoryPublisher publisher;
    private final Map<String, AdvisedClient> connections = new LinkedHashMap<>();
    private final Map<Object, Advised> byId = new HashMap<>();
    private final Map<DestinationName, Set<Advised>> byTopic = new LinkedHashMap<>();

    ClientAdvisories(AdvisoryPublisher publisher) {
        this.publisher = publisher;
    }

    /** The same connection may come again on another socket before the first one is known to be dead. */
    void onConnected(AdvisedClient client, ConnectionInfo info) {
        client.introduce(info);
        connections.put(client.connectionId(), client);
        publisher.tell(connection(info), NOTHING);
    }

    private static Advisory connection(DataStructure about) {
        return new Advisory(AdvisoryTopics.CONNECTIONS, about, Map.of());
    }

    /** The core has accepted it. */
    void onAdded(AdvisedClient client, Advised part) {
        if (client.isEnded() || part.isGone()) {
            return;
        }
        client.parts().add(part);
        Advised before = byId.put(part.id(), part);
        if (before != null) {
            uncount(before);
        }
        part.topic().ifPresent(topic -> {
            byTopic.computeIfAbsent(topic, any -> new LinkedHashSet<>()).add(part);
            publisher.tell(about(part, topic, part.info()), NOTHING);
        });
    }

    void onRemoved(AdvisedClient client, Advised part) {
        part.go();
        client.parts().remove(part);
        if (byId.remove(part.id(), part)) {
            uncount(part);
            part.topic().ifPresent(topic -> publisher.tell(about(part, topic, part.removal()), NOTHING));
        }
    }

    private void uncount(Advised part) {
        part.topic()
                .ifPresent(topic -> byTopic.computeIfPresent(topic, (name, parts) -> {
                    parts.remove(part);
                    return parts.isEmpty() ? null : parts;
                }));
    }

    private Advisory about(Advised part, DestinationName topic, BaseCommand what) {
        return new Advisory(topic, what, Map.of(part.isConsumer() ? "consumerCount" : "producerCount", count(topic)));
    }

    private int count(DestinationName topic) {
        return byTopic.getOrDefault(topic, Set.of()).size();
    }

    /** A durable subscription to {@code subscribed} was deleted; its consumer has gone before. */
    void onSubscriptionRemoved(DestinationName subscribed, DataStructure removal) {
        DestinationName topic = AdvisoryTopics.consumers(subscribed);
        publisher.tell(new Advisory(topic, removal, Map.of("consumerCount", count(topic))), NOTHING);
    }

    /** Producers, then consumers: as a client would close them. */
    void onPartsEnded(AdvisedClient client) {
        List<Advised> parts = List.copyOf(client.parts());
        parts.stream().filter(part -> !part.isConsumer()).forEach(part -> onRemoved(client, part));
        parts.stream().filter(Advised::isConsumer).forEach(part -> onRemoved(client, part));
    }

    void onDisconnected(AdvisedClient client) {
        if (connections.remove(client.connectionId(), client)) {
            RemoveInfo removal = new RemoveInfo();
            removal.objectId = client.wireId();
            publisher.tell(connection(removal), NOTHING);
        }
    }

    void replayConnections(Watcher watcher) {
        if (watcher.watches(AdvisoryTopics.CONNECTIONS)) {
            connections.values().forEach(client -> client.info()
                    .ifPresent(info -> publisher.tellAgain(connection(info), watcher)));
        }
    }

    void replayParts(Watcher watcher) {
        for (DestinationName topic : watcher.watchedOf(byTopic.keySet())) {
            for (Advised part : byTopic.getOrDefault(topic, Set.of())) {
                publisher.tellAgain(about(part, topic, part.info()), watcher);
            }
        }
    }

    /** What a producer or consumer said when it came, while it is there. */
    Optional<DataStructure> infoOf(Object id) {
        return Optional.ofNullable(byId.get(id)).map(Advised::info);
    }
}
