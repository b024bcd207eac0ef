package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.openwire.connection.AdvisoryPublisher.Advisory;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells watchers which destinations there are. A stock client refuses to send to a temporary one it never heard of, so request
 * and reply over temporary queues depend on this: everybody who watches hears of one before its creator gets its answer, and
 * a new watcher hears of all that exist before its own (OpenWire 13, exchanges 2 and 11). Owned by the advisory loop.
 */
final class DestinationAdvisories {
    private static final Runnable NOTHING = () -> {};

    private final AdvisoryPublisher publisher;
    private final Set<DestinationName> lasting = new LinkedHashSet<>();
    private final Map<DestinationName, AdvisedClient> temporaries = new LinkedHashMap<>();

    DestinationAdvisories(AdvisoryPublisher publisher) {
        this.publisher = publisher;
    }

    /** One that belongs to no client. It may be known already. */
    void onAdded(DestinationName destination) {
        if (lasting.add(destination)) {
            publisher.tell(about(destination, null, DestinationInfo.ADD), NOTHING);
        }
    }

    void onRemoved(DestinationName destination) {
        if (lasting.remove(destination)) {
            publisher.tell(about(destination, null, DestinationInfo.REMOVE), NOTHING);
        }
    }

    /** {@code next} runs when all watchers have been told. A destination may come again, with another owner after a failover. */
    void onTemporaryAdded(DestinationName temporary, AdvisedClient owner, Runnable next) {
        if (owner.isEnded() || temporaries.put(temporary, owner) == owner) {
            next.run();
        } else {
            owner.temporaries().add(temporary);
            publisher.tell(about(temporary, owner.wireId(), DestinationInfo.ADD), next);
        }
    }

    void onTemporaryRemoved(DestinationName temporary, AdvisedClient owner, Runnable next) {
        owner.temporaries().remove(temporary);
        if (temporaries.remove(temporary, owner)) {
            publisher.tell(about(temporary, owner.wireId(), DestinationInfo.REMOVE), next);
        } else {
            next.run();
        }
    }

    /** All temporary destinations of {@code owner} are gone. */
    void onEnded(AdvisedClient owner, Runnable next) {
        List<DestinationName> gone = List.copyOf(owner.temporaries());
        Receipt all = Outcomes.afterAll(gone.size(), Receipt.always(next));
        gone.forEach(temporary -> onTemporaryRemoved(temporary, owner, all::done));
    }

    void replay(Watcher watcher) {
        if (watchesAny(watcher, AdvisoryTopics.QUEUES, AdvisoryTopics.TOPICS)) {
            for (DestinationName destination : lasting) {
                publisher.tellAgain(about(destination, null, DestinationInfo.ADD), watcher);
            }
        }
        if (watchesAny(watcher, AdvisoryTopics.TEMP_QUEUES, AdvisoryTopics.TEMP_TOPICS)) {
            temporaries.forEach((temporary, owner) ->
                    publisher.tellAgain(about(temporary, owner.wireId(), DestinationInfo.ADD), watcher));
        }
    }

    private static boolean watchesAny(Watcher watcher, DestinationName one, DestinationName other) {
        return watcher.watches(one) || watcher.watches(other);
    }

    private static Advisory about(DestinationName destination, @Nullable ConnectionId owner, byte operation) {
        DestinationInfo info = new DestinationInfo();
        info.connectionId = owner;
        info.destination = Names.write(destination);
        info.operationType = operation;
        return new Advisory(AdvisoryTopics.comings(destination), info, Map.of());
    }
}
