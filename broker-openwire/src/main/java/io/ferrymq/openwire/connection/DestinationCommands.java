package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.openwire.command.RemoveSubscriptionInfo;
import java.util.Optional;

/**
 * Destinations that clients create and remove, above all temporary ones, of which all watchers hear before the client has its
 * answer (OpenWire 13). Owned by the connection's event loop.
 */
final class DestinationCommands {
    private final Link link;
    private final ClientState state;
    private final Names names;
    private final ConnectionAdvisories advisories;

    DestinationCommands(Link link, ClientState state, Names names, ConnectionAdvisories advisories) {
        this.link = link;
        this.state = state;
        this.names = names;
        this.advisories = advisories;
    }

    void onDestination(DestinationInfo info) {
        Optional<DestinationName> named = names.destination(info.destination);
        if (named.isEmpty()) {
            refuse(info, Refusals.noDestination(String.valueOf(info.destination)));
            return;
        }
        DestinationName destination = named.get();
        Optional<Refusal> refusal = check(info, destination);
        if (refusal.isPresent()) {
            refuse(info, refusal.get());
        } else if (info.operationType == DestinationInfo.ADD) {
            add(info, destination);
        } else {
            remove(info, destination);
        }
    }

    private Optional<Refusal> check(DestinationInfo info, DestinationName destination) {
        if (info.operationType != DestinationInfo.ADD && info.operationType != DestinationInfo.REMOVE) {
            return Optional.of(Refusals.notSupported("destination operations of type " + info.operationType));
        }
        if (!destination.isTemporary()) {
            return Optional.empty();
        }
        boolean adds = info.operationType == DestinationInfo.ADD;
        if (destination.isComposite() || (adds && !state.owns(destination.temporaryOwner()))) {
            return Optional.of(Refusals.foreignTemporary(destination));
        }
        boolean full = adds
                && !state.temporaries().contains(destination)
                && state.temporaries().size() >= state.limit();
        return full
                ? Optional.of(Refusals.tooMany("temporary destination", state.connectionId(), state.limit()))
                : Optional.empty();
    }

    private void add(DestinationInfo info, DestinationName destination) {
        Receipt answer = link.receipt(info);
        if (destination.isTemporary()) {
            state.temporaries().add(destination);
            answer = Outcomes.onRefusal(
                    advisories.created(destination, answer),
                    () -> link.execute(() -> state.temporaries().remove(destination)));
        }
        state.client().addDestination(destination, answer);
    }

    private void remove(DestinationInfo info, DestinationName destination) {
        Receipt answer = link.receipt(info);
        if (destination.isTemporary()) {
            state.temporaries().remove(destination);
            answer = advisories.deleted(destination, answer);
        }
        state.client().removeDestination(destination, answer);
    }

    void onRemoveSubscription(RemoveSubscriptionInfo info) {
        if (info.subscriptionName == null) {
            refuse(info, Refusals.noSubscription());
        } else {
            // Exchanges, section 11: the client id is that of the connection, whatever the command says.
            Receipt answer = link.receipt(info);
            Receipt told = state.client()
                    .subscribedTopics(info.subscriptionName)
                    .map(topics -> advisories.subscriptionRemoved(info, topics, answer))
                    .orElse(answer);
            state.client().removeSubscription(info.subscriptionName, told);
        }
    }

    private void refuse(io.ferrymq.openwire.command.BaseCommand command, Refusal refusal) {
        link.refuse(command.commandId, command.responseRequired, refusal);
    }
}
