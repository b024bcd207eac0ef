package io.ferrymq.session;

import io.ferrymq.flow.Join;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.route.SendRoutes;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The connected clients of one broker, by connection and by client id. Any thread. */
public final class SessionRegistry implements Sessions {
    private final ConcurrentMap<String, ConnectedClient> byConnection = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ConnectedClient> byClientId = new ConcurrentHashMap<>();
    private final AtomicLong nextNumber = new AtomicLong(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final String brokerName;
    private final Journal journal;
    private final Shards shards;
    private final Surroundings surroundings;
    private final SendRoutes routes;
    private final DurableRequests durables;

    /** What clients need of the broker beside its shards. */
    public record Surroundings(
            Clock clock,
            Limits limits,
            MemoryBudget budget,
            BrokerEvents events,
            DestinationPolicies policies,
            PropertyFormat properties) {}

    public SessionRegistry(
            String brokerName, Journal journal, Shards shards, SendRoutes routes, Surroundings surroundings) {
        this.brokerName = brokerName;
        this.journal = journal;
        this.shards = shards;
        this.surroundings = surroundings;
        this.routes = routes;
        this.durables = new DurableRequests(shards, surroundings.limits().destinations());
    }

    @Override
    public Outcome connect(ClientInfo info, ClientListener listener) {
        if (closed.get()) {
            return refused(Refusal.Code.UNAVAILABLE, "Broker " + brokerName + " is stopping");
        }
        if (info.clientId().isEmpty()) {
            return refused(Refusal.Code.INVALID_CLIENT_ID, "No clientID specified for connection request");
        }
        boolean replaces = byConnection.containsKey(info.connectionId());
        if (!replaces && byConnection.size() >= limits().connections()) {
            return refused(
                    Refusal.Code.RESOURCE_LIMIT,
                    "too many connections: limit=" + limits().connections() + "; raise limits.connections");
        }
        ConnectedClient client = new ConnectedClient(info, listener, nextNumber.getAndIncrement(), this);
        ConnectedClient holder = byClientId.compute(
                info.clientId(), (id, old) -> old == null || old.isSameConnection(client) ? client : old);
        if (holder != client) {
            return refused(
                    Refusal.Code.INVALID_CLIENT_ID,
                    "Broker: " + brokerName + " - Client: " + info.clientId() + " already connected from "
                            + holder.info().remoteAddress());
        }
        ConnectedClient replaced = byConnection.put(info.connectionId(), client);
        if (replaced != null) {
            replaced.evict("replaced by a newer connection of the same client from " + info.remoteAddress());
        }
        return new Outcome.Accepted(client);
    }

    private static Outcome refused(Refusal.Code code, String why) {
        return new Outcome.Refused(new Refusal(code, why));
    }

    /** Creates those that are not there yet. */
    public void createDestinations(List<DestinationName> names, Receipt receipt) {
        Join join = new Join(names.size() + 1, receipt);
        join.done(); // for none of them
        names.forEach(name -> shards.ownerOf(name).inbox().put(new Command.RequireDestination(name, join)));
    }

    /** From now on scheduled messages are sent when they are due. Once, when all else is ready. */
    public void startSchedules() {
        String id = "ID:" + brokerName + '-' + UUID.randomUUID() + ':';
        for (Shard shard : shards.all()) {
            long number = nextNumber.getAndIncrement();
            ScheduleClient client = new ScheduleClient(id + number, number, shard, this);
            shard.inbox().put(new Command.WithSchedules(schedules -> schedules.start(client)));
        }
    }

    /** From now on durable subscriptions are removed when nobody has taken from them for so long; never if that is negative. */
    public void removeUnusedSubscriptions(long unusedMs) {
        if (unusedMs >= 0) {
            shards.all().forEach(shard -> shard.inbox()
                    .put(new Command.WithDurables(
                            here -> here.watchForUnused(unusedMs, name -> durables.removeUnused(name, unusedMs)))));
        }
    }

    /** Accepts no more clients. */
    public void close() {
        closed.set(true);
    }

    void remove(ConnectedClient client) {
        byConnection.remove(client.info().connectionId(), client);
        byClientId.remove(client.info().clientId(), client);
    }

    public Clock clock() {
        return surroundings.clock();
    }

    public int connectionCount() {
        return byConnection.size();
    }

    SendRoutes routes() {
        return routes;
    }

    DurableRequests durables() {
        return durables;
    }

    Shards shards() {
        return shards;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public ScheduledMessages scheduled() {
        return new ShardSchedules(shards);
    }

    @Override
    public String brokerName() {
        return brokerName;
    }

    @Override
    public String brokerId() {
        return journal.id();
    }

    @Override
    public void writeHere() {
        journal.writeHere();
    }

    @Override
    public Journal.Status journal() {
        return journal.status();
    }

    @Override
    public Limits limits() {
        return surroundings.limits();
    }

    @Override
    public BrokerEvents events() {
        return surroundings.events();
    }

    @Override
    public void destinations(Consumer<List<DestinationName>> reader) {
        Consumer<List<Command.DestinationCount>> names = all ->
                reader.accept(all.stream().map(Command.DestinationCount::name).toList());
        shards.all().forEach(shard -> shard.inbox().put(new Command.Inspect(names)));
    }

    @Override
    public MemoryBudget memory() {
        return surroundings.budget();
    }
}
