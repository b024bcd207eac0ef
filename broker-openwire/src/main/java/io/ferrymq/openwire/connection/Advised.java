package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.WireValue;
import java.util.Optional;

/**
 * A producer or consumer of one connection, as watchers hear of it. Two are never the same, even if a failover brings the same id
 * again. Owned by the advisory loop, but for what never changes.
 */
final class Advised {
    private final Object id;
    private final WireValue wireId;
    private final BaseCommand info;
    private final Optional<DestinationName> topic;
    private final Optional<Watcher> watcher;
    private boolean gone;

    /**
     * @param id of the core
     * @param info as the client sent it
     * @param topic where it is told of, if it is
     * @param watcher the same consumer, if it listens to advisories
     */
    Advised(Object id, WireValue wireId, BaseCommand info, Optional<DestinationName> topic, Optional<Watcher> watcher) {
        this.id = id;
        this.wireId = wireId;
        this.info = info;
        this.topic = topic;
        this.watcher = watcher;
    }

    Object id() {
        return id;
    }

    boolean isConsumer() {
        return id instanceof io.ferrymq.flow.ConsumerId;
    }

    BaseCommand info() {
        return info;
    }

    RemoveInfo removal() {
        RemoveInfo removal = new RemoveInfo();
        removal.objectId = wireId;
        return removal;
    }

    Optional<DestinationName> topic() {
        return topic;
    }

    Optional<Watcher> watcher() {
        return watcher;
    }

    /** It may be gone before its coming is known to be accepted: then it never came. */
    void go() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }
}
