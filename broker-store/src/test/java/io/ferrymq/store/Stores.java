package io.ferrymq.store;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.Journal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens stores the way the tests want them. */
final class Stores {
    static final int SEGMENT = 1 << 20;

    private Stores() {}

    static BrokerConfig config(Path data, StoreEngine engine, int segmentBytes, int queueEntries) {
        Limits d = Limits.defaults();
        Limits limits = new Limits(
                d.memoryBytes(),
                d.destinations(),
                d.connections(),
                d.unauthenticatedConnections(),
                d.handshakeFrameBytes(),
                d.frameBytes(),
                d.handshakeTimeoutMs(),
                d.inactivityTimeoutMs(),
                d.connectionInFlightBytes(),
                d.consumersPerConnection(),
                d.transactionMessages(),
                d.transactionBytes(),
                d.inboxCommands(),
                queueEntries,
                50);
        return new BrokerConfig("test", List.of(), Optional.of(data), engine, segmentBytes, 1, 1, limits);
    }

    static Journal open(Path data, StoreEngine engine) {
        return new StoreProvider().open(config(data, engine, SEGMENT, 1024));
    }
}
