package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.ProducerId;
import io.ferrymq.session.Client;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one client has registered over one connection. Owned by the connection's event loop. OpenWire needs it to tell replays
 * from new things, to cascade removals, and to refuse what was never announced; the core has its own view.
 */
final class ClientState {
    /** A producer and what its messages need. */
    record Producer(
            ProducerId id,
            io.ferrymq.openwire.command.ProducerId wireId,
            int windowSize,
            Optional<DestinationName> destination) {}

    /** Exists in every connection without being announced (exchanges, section 2). */
    private static final long IMPLICIT_SESSION = -1;

    private final String connectionId;
    private final Client client;
    private final int limit;
    private final Set<Long> sessions = new HashSet<>();
    private final Map<ProducerId, Producer> producers = new HashMap<>();
    private final Set<ConsumerId> consumers = new HashSet<>();
    private final Set<DestinationName> temporaries = new HashSet<>();

    /** @param limit how many of each kind there may be */
    ClientState(String connectionId, Client client, int limit) {
        this.connectionId = connectionId;
        this.client = client;
        this.limit = limit;
        sessions.add(IMPLICIT_SESSION);
    }

    String connectionId() {
        return connectionId;
    }

    Client client() {
        return client;
    }

    int limit() {
        return limit;
    }

    Set<Long> sessions() {
        return sessions;
    }

    Map<ProducerId, Producer> producers() {
        return producers;
    }

    Set<ConsumerId> consumers() {
        return consumers;
    }

    Set<DestinationName> temporaries() {
        return temporaries;
    }

    boolean owns(String connection) {
        return connectionId.equals(connection);
    }

    boolean knows(String connection, long session) {
        return owns(connection) && sessions.contains(session);
    }

    List<ConsumerId> consumersOf(long session) {
        return consumers.stream().filter(id -> id.session() == session).toList();
    }

    List<ProducerId> producersOf(long session) {
        return producers.keySet().stream().filter(id -> id.session() == session).toList();
    }
}
