package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.ProducerId;
import io.ferrymq.openwire.command.ActiveMQDestination;
import io.ferrymq.openwire.command.ConsumerControl;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.SessionId;
import io.ferrymq.openwire.command.SessionInfo;
import io.ferrymq.session.ConsumerSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sessions, producers and consumers: come, are replayed after a failover (silently fine), and go. Owned by the connection's
 * event loop.
 */
final class SessionCommands {
    private final Link link;
    private final ClientState state;
    private final Names names;
    private final ConnectionAdvisories advisories;
    private final PrefetchPolicy prefetches;
    /** Of those whose destination has a policy for it. */
    private final Map<ConsumerId, PrefetchPolicy.Rule> ruled = new HashMap<>();

    SessionCommands(
            Link link, ClientState state, Names names, ConnectionAdvisories advisories, PrefetchPolicy prefetches) {
        this.prefetches = prefetches;
        this.link = link;
        this.state = state;
        this.names = names;
        this.advisories = advisories;
    }

    void onSession(SessionInfo info) {
        SessionId id = info.sessionId;
        if (id == null || id.connectionId == null || !state.owns(id.connectionId)) {
            refuse(info, Refusals.unknownConnection("session", id == null ? "null" : String.valueOf(id.connectionId)));
        } else if (!state.sessions().contains(id.value) && state.sessions().size() > state.limit()) {
            refuse(info, Refusals.tooMany("session", state.connectionId(), state.limit()));
        } else {
            state.sessions().add(id.value);
            link.respond(info.commandId, info.responseRequired);
        }
    }

    void onProducer(ProducerInfo info) {
        ProducerId id = Names.producer(info.producerId);
        if (!state.knows(id.connection(), id.session())) {
            refuse(info, unknownParent("producer", id.connection(), id.session()));
        } else if (state.producers().containsKey(id)) {
            link.respond(info.commandId, info.responseRequired);
        } else if (state.producers().size() >= state.limit()) {
            refuse(info, Refusals.tooMany("producer", state.connectionId(), state.limit()));
        } else {
            addProducer(info, id);
        }
    }

    private Refusal unknownParent(String what, String connection, long session) {
        return state.owns(connection)
                ? Refusals.unknownSession(what, new SessionId(connection, session))
                : Refusals.unknownConnection(what, connection);
    }

    private void addProducer(ProducerInfo info, ProducerId id) {
        Optional<DestinationName> destination = names.destination(info.destination);
        if (info.destination != null && destination.isEmpty()) {
            refuse(info, Refusals.noDestination(info.destination));
            return;
        }
        ClientState.Producer producer =
                new ClientState.Producer(id, names.wire(id), Math.max(0, info.windowSize), destination);
        state.producers().put(id, producer);
        Receipt answer = link.receipt(info);
        Receipt receipt = Outcomes.onRefusal(
                advisories.produces(info, id, destination, answer),
                () -> link.execute(() -> state.producers().remove(id, producer)));
        if (destination.isPresent()) {
            state.client().addProducer(id, destination.get(), receipt);
        } else {
            state.client().addAnonymousProducer(id, receipt);
        }
    }

    void onConsumer(ConsumerInfo info) {
        ConsumerId id = Names.consumer(info.consumerId);
        Optional<DestinationName> destination = names.destination(info.destination);
        if (!state.knows(id.connection(), id.session())) {
            refuse(info, unknownParent("consumer", id.connection(), id.session()));
        } else if (state.consumers().contains(id)) {
            link.respond(info.commandId, info.responseRequired);
        } else if (destination.isEmpty()) {
            refuse(info, Refusals.noDestination(String.valueOf(info.destination)));
        } else {
            Optional<Refusal> refusal = check(info, destination.get());
            if (refusal.isPresent()) {
                refuse(info, refusal.get());
            } else {
                subscribe(info, id, destination.get());
            }
        }
    }

    private Optional<Refusal> check(ConsumerInfo info, DestinationName destination) {
        if (state.consumers().size() >= state.limit()) {
            return Optional.of(Refusals.tooMany("consumer", state.connectionId(), state.limit()));
        }
        if (info.networkSubscription) {
            return Optional.of(Refusals.notSupported("network bridges"));
        }
        if (info.prefetchSize < 0) {
            return Optional.of(
                    new Refusal(Refusal.Code.ILLEGAL_STATE, "a prefetch must not be negative: " + info.prefetchSize));
        }
        if (destination.isTemporary() && (destination.isComposite() || !state.owns(destination.temporaryOwner()))) {
            return Optional.of(Refusals.foreignTemporary(destination));
        }
        return Optional.empty();
    }

    private void subscribe(ConsumerInfo info, ConsumerId id, DestinationName destination) {
        boolean durable = isDurable(info, destination);
        PrefetchPolicy.Rule rule = prefetches.of(destination, info.browser, durable);
        int asked = rule.apply(info.prefetchSize);
        if (rule.byPolicy() >= 0) {
            ruled.put(id, rule); // it may change its mind: after a failover clients ask for 0 first
        }
        if (asked == 0 && info.prefetchSize > 0) {
            tellToPull(
                    info.consumerId, info.destination); // before the answer: its first receive asks for a message then
        }
        int prefetch = advisories.prefetch(id, destination, asked);
        ConsumerSpec spec = new ConsumerSpec(
                id,
                destination,
                prefetch,
                info.priority,
                info.browser,
                info.noLocal,
                info.exclusive,
                info.selector == null ? "" : info.selector,
                durable ? info.subscriptionName : "",
                info.retroactive,
                info.maximumPendingMessageLimit);
        state.consumers().add(id);
        link.pulls(id, prefetch == 0);
        Receipt answer = Outcomes.onRefusal(link.receipt(info), () -> link.execute(() -> forget(id)));
        Receipt subscribed = advisories.subscribed(info, id, destination, answer);
        if (durable) {
            link.pause(); // it is made in several steps, and what the client sends next is for it too
            subscribed = Outcomes.andThen(subscribed, link::goOn);
        }
        state.client().subscribe(spec, subscribed);
    }

    private void tellToPull(
            io.ferrymq.openwire.command.@Nullable ConsumerId consumer, @Nullable ActiveMQDestination destination) {
        ConsumerControl control = new ConsumerControl();
        control.destination = destination;
        control.consumerId = consumer;
        control.prefetch = 0;
        link.send(control);
    }

    /** Only topics have durable subscriptions; of a queue's consumer the name means nothing. */
    private static boolean isDurable(ConsumerInfo info, DestinationName destination) {
        return info.subscriptionName != null && destination.isTopic();
    }

    private void forget(ConsumerId refused) {
        state.consumers().remove(refused);
        ruled.remove(refused);
        link.pulls(refused, false);
    }

    /** Not for whole connections: their removal changes the state of the connection. */
    void onRemove(RemoveInfo info) {
        DataStructure id = info.objectId;
        Receipt answer = link.receipt(info);
        if (id instanceof io.ferrymq.openwire.command.ConsumerId consumer) {
            removeConsumer(Names.consumer(consumer), info.lastDeliveredSequenceId, answer);
        } else if (id instanceof io.ferrymq.openwire.command.ProducerId producer) {
            removeProducer(Names.producer(producer));
            answer.done();
        } else if (id instanceof SessionId session) {
            removeSession(session, info.lastDeliveredSequenceId, answer);
        } else {
            throw new ProtocolViolation("RemoveInfo of something that cannot be removed: " + id);
        }
    }

    private void removeConsumer(ConsumerId id, long lastDelivered, Receipt receipt) {
        if (state.consumers().remove(id)) {
            ruled.remove(id);
            link.pulls(id, false);
            state.client().unsubscribe(id, lastDelivered, advisories.unsubscribed(id, receipt));
        } else {
            receipt.done();
        }
    }

    private void removeProducer(ProducerId id) {
        if (state.producers().remove(id) != null) {
            state.client().removeProducer(id);
            advisories.producesNoMore(id);
        }
    }

    /** Exchanges, section 3: one RemoveInfo for the session and all that is in it. */
    private void removeSession(SessionId session, long lastDelivered, Receipt answer) {
        if (session.connectionId == null || !state.owns(session.connectionId)) {
            answer.done();
            return;
        }
        List<ConsumerId> consumers = state.consumersOf(session.value);
        Receipt each = Outcomes.afterAll(consumers.size(), answer);
        for (ConsumerId consumer : consumers) {
            removeConsumer(consumer, lastDelivered, each);
        }
        state.producersOf(session.value).forEach(this::removeProducer);
        if (session.value >= 0) {
            state.sessions().remove(session.value);
        }
    }

    /** Exchanges, section 5: after a failover the client raises the prefetch again. Nothing else in it is for a broker. */
    void onConsumerControl(ConsumerControl control) {
        ConsumerId id = Names.consumer(control.consumerId);
        if (state.consumers().contains(id) && control.prefetch >= 0 && !advisories.isUnlimited(id)) {
            PrefetchPolicy.Rule rule = ruled.get(id);
            int prefetch = rule == null ? control.prefetch : rule.apply(control.prefetch);
            if (prefetch == 0 && control.prefetch > 0) {
                tellToPull(control.consumerId, control.destination); // else nobody would ask for anything
            }
            link.pulls(id, prefetch == 0);
            state.client().changePrefetch(id, prefetch);
        }
        link.respond(control.commandId, control.responseRequired);
    }

    private void refuse(io.ferrymq.openwire.command.BaseCommand command, Refusal refusal) {
        link.refuse(command.commandId, command.responseRequired, refusal);
    }
}
