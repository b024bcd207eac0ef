package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConnectionInfo;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What one connection has that watchers may hear of, and what it watches itself. Owned by the advisory loop. */
final class AdvisedClient {
    private final String connectionId;
    private final Set<Advised> parts = new LinkedHashSet<>();
    private final Set<DestinationName> temporaries = new LinkedHashSet<>();
    private Optional<ConnectionInfo> info = Optional.empty();
    private boolean ended;

    AdvisedClient(String connectionId) {
        this.connectionId = connectionId;
    }

    String connectionId() {
        return connectionId;
    }

    ConnectionId wireId() {
        return new ConnectionId(connectionId);
    }

    /** Its producers and consumers. */
    Set<Advised> parts() {
        return parts;
    }

    Set<DestinationName> temporaries() {
        return temporaries;
    }

    /** Empty while nobody is to hear of it. */
    Optional<ConnectionInfo> info() {
        return info;
    }

    void introduce(ConnectionInfo introduction) {
        info = Optional.of(introduction);
    }

    /** What it still asked for may be answered later, but is nothing to tell any more. */
    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }
}
