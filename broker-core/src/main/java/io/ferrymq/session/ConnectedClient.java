package io.ferrymq.session;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import io.ferrymq.queue.Filter;
import io.ferrymq.route.Route;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.DurableSpec;
import io.ferrymq.shard.OpenTransaction;
import io.ferrymq.shard.Shard;
import io.ferrymq.transaction.Change;
import io.ferrymq.transaction.TransactionId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connected client: checks what it asks for, finds the shards concerned, and hands them commands. See {@link Client}. */
final class ConnectedClient implements Client {
    private final ClientInfo info;
    private final ClientListener listener;
    private final long number;
    private final SessionRegistry registry;
    private final Requests requests = new Requests();
    private final Map<ConsumerId, OpenConsumer> consumers = new LinkedHashMap<>();
    private final Set<ProducerId> producers = new HashSet<>();
    /** A message that is sent twice, one right behind the other, is one; a connection that uses ids again later means others. */
    private @Nullable MessageId lastSent;

    private final Set<DestinationName> temporaries = new HashSet<>();
    private final ClientTransactions transactions;
    private boolean closed;

    ConnectedClient(ClientInfo info, ClientListener listener, long number, SessionRegistry registry) {
        this.info = info;
        this.listener = listener;
        this.number = number;
        this.registry = registry;
        this.transactions = new ClientTransactions(info, number, registry, requests);
    }

    ClientInfo info() {
        return info;
    }

    boolean isSameConnection(ConnectedClient other) {
        return info.connectionId().equals(other.info.connectionId());
    }

    void evict(String reason) {
        listener.evicted(reason);
    }

    @Override
    public void addDestination(DestinationName destination, Receipt receipt) {
        Route route = Route.of(destination);
        Optional<Refusal> refusal = route.refusal().or(() -> checkOwner(route.members(), "create"));
        boolean temporary = route.members().stream().anyMatch(DestinationName::isTemporary);
        if (refusal.isEmpty() && temporary && temporaries.size() >= mostPerConnection()) {
            refusal = Optional.of(tooMany("temporary destinations"));
        }
        if (refusal.isPresent()) {
            receipt.refused(refusal.get());
            return;
        }
        route.members().stream().filter(DestinationName::isTemporary).forEach(temporaries::add);
        toOwners(route.members(), receipt, (member, part) -> new Command.AddDestination(member, number, part));
    }

    @Override
    public void removeDestination(DestinationName destination, Receipt receipt) {
        Route route = Route.of(destination);
        if (route.refusal().isPresent()) {
            receipt.refused(route.refusal().get());
            return;
        }
        temporaries.removeAll(route.members());
        toOwners(
                route.members(),
                receipt,
                (member, part) -> new Command.RemoveDestination(member, member.isTemporary(), part));
    }

    @Override
    public void addProducer(ProducerId producer, DestinationName destination, Receipt receipt) {
        Route route = Route.of(destination);
        Optional<Refusal> refusal = route.refusal().or(() -> register(producer));
        List<DestinationName> named = route.members().stream()
                .filter(member -> !DestinationPattern.isPattern(member))
                .toList();
        if (refusal.isPresent()) {
            receipt.refused(refusal.get());
        } else if (named.isEmpty()) {
            receipt.done();
        } else {
            toOwners(named, receipt, Command.RequireDestination::new);
        }
    }

    @Override
    public void addAnonymousProducer(ProducerId producer, Receipt receipt) {
        register(producer).ifPresentOrElse(receipt::refused, receipt::done);
    }

    private Optional<Refusal> register(ProducerId producer) {
        if (!producers.contains(producer) && producers.size() >= mostPerConnection()) {
            return Optional.of(tooMany("producers"));
        }
        producers.add(producer);
        return Optional.empty();
    }

    @Override
    public void removeProducer(ProducerId producer) {
        producers.remove(producer);
    }

    @Override
    public void send(Message message, TransactionId transaction, Receipt receipt) {
        Route route = Route.of(message.destination());
        if (route.refusal().isPresent()) {
            markRollbackOnly(transaction, route.refusal().get());
            receipt.refused(route.refusal().get());
            return;
        }
        // what is scheduled is routed when it is due
        List<Message> addressed =
                message.isScheduled() ? List.of(message) : registry.routes().of(message, route.members());
        if (!transaction.isNone()) {
            transactions
                    .find(transaction)
                    .ifPresentOrElse(
                            open -> sendInTransaction(addressed, open, false, receipt),
                            () -> receipt.refused(OpenTransaction.notStarted(transaction)));
        } else if (addressed.size() == 1) {
            Message one = addressed.get(0);
            boolean again = message.persistent() && message.id().equals(lastSent);
            lastSent = message.persistent() ? message.id() : lastSent;
            requests.put(ownerOf(one.destination()), new Command.Send(one, info.resumed() || again, receipt));
        } else {
            OpenTransaction together = transactions.beginUnnamed();
            Join join = new Join(2, receipt);
            sendInTransaction(addressed, together, true, join);
            transactions.commit(together, join);
        }
    }

    /** For clients inside the broker: {@code change} takes effect in {@code shard} with the transaction. */
    void join(TransactionId id, Shard shard, Change change) {
        transactions.find(id).ifPresent(transaction -> {
            transaction.admit(shard);
            requests.put(shard, new Command.JoinTransaction(transaction, change));
        });
    }

    private void sendInTransaction(
            List<Message> messages, OpenTransaction transaction, boolean waitsForMemory, Receipt receipt) {
        // a client that comes back sends again what it sent before it prepared
        boolean sentBefore = transaction.isClosed() && info.resumed();
        if (messages.isEmpty() || sentBefore) {
            receipt.done();
            return;
        }
        long bytes = (long) messages.get(0).footprintBytes() * messages.size();
        Optional<Refusal> refusal = transaction.grow(bytes, registry.limits());
        if (refusal.isPresent()) {
            receipt.refused(refusal.get());
            return;
        }
        Join join = new Join(messages.size(), receipt);
        for (Message message : messages) {
            Shard owner = ownerOf(message.destination());
            if (transaction.admit(owner)) {
                requests.put(
                        owner,
                        new Command.SendInTransaction(transaction, message, info.resumed(), waitsForMemory, join));
            } else {
                join.refused(transaction.tooLate());
            }
        }
    }

    @Override
    public void subscribe(ConsumerSpec consumer, Receipt receipt) {
        consumers.values().removeIf(OpenConsumer::isRefused);
        if (consumers.containsKey(consumer.id())) {
            receipt.done();
            return;
        }
        Route route = Route.of(consumer.destination());
        Selection selection = Selection.of(consumer);
        Optional<Refusal> refusal = route.refusal().or(selection::refusal).or(() -> checkConsumer(consumer, route));
        if (refusal.isPresent()) {
            receipt.refused(refusal.get());
        } else if (consumer.isDurable()) {
            subscribeDurable(consumer, selection.filter(), receipt);
        } else {
            open(consumer, ConsumerPlan.of(consumer, route.members(), selection.filter(), listener, registry))
                    .subscribe(receipt, requests);
        }
    }

    private OpenConsumer open(ConsumerSpec consumer, OpenConsumer open) {
        consumers.put(consumer.id(), open);
        return open;
    }

    private Optional<Refusal> checkConsumer(ConsumerSpec consumer, Route route) {
        List<DestinationName> members = route.members();
        if (consumers.size() >= mostPerConnection()) {
            return Optional.of(tooMany("consumers"));
        }
        if (consumer.browser() && !route.isSingle()) {
            return Optional.of(new Refusal(
                    Refusal.Code.NOT_SUPPORTED,
                    "a browser looks at one queue, not at several: destination=" + consumer.destination()));
        }
        if (consumer.isDurable() && members.stream().anyMatch(DestinationName::isTemporary)) {
            return Optional.of(new Refusal(
                    Refusal.Code.NOT_SUPPORTED, "A durable subscription cannot be created for a temporary topic."));
        }
        if (consumer.isDurable() && members.stream().anyMatch(DestinationName::isAdvisory)) {
            return Optional.of(new Refusal(
                    Refusal.Code.NOT_SUPPORTED, "Cannot create a durable subscription for an advisory Topic"));
        }
        return checkOwner(members, "consume from");
    }

    private void subscribeDurable(ConsumerSpec consumer, Filter filter, Receipt receipt) {
        DestinationName name = DestinationName.subscription(info.clientId(), consumer.subscriptionName());
        DurableSpec wanted = new DurableSpec(name, consumer.destination(), filter);
        Optional<Refusal> tooMany = registry.durables().tooMany(name);
        if (tooMany.isPresent()) {
            receipt.refused(tooMany.get());
        } else {
            OpenConsumer open = open(consumer, ConsumerPlan.ofDurable(consumer, wanted, listener, registry));
            registry.durables().subscribe(wanted, open, receipt);
        }
    }

    @Override
    public Optional<DestinationName> subscribedTopics(String subscriptionName) {
        return registry.durables().topics(DestinationName.subscription(info.clientId(), subscriptionName));
    }

    @Override
    public void removeSubscription(String subscriptionName, Receipt receipt) {
        registry.durables().remove(DestinationName.subscription(info.clientId(), subscriptionName), receipt);
    }

    private Optional<Refusal> checkOwner(List<DestinationName> members, String what) {
        for (DestinationName member : members) {
            if (member.isTemporary() && !member.temporaryOwner().equals(info.connectionId())) {
                return Optional.of(new Refusal(
                        Refusal.Code.INVALID_DESTINATION,
                        "Cannot use a Temporary destination from another Connection: cannot " + what + " " + member));
            }
        }
        return Optional.empty();
    }

    @Override
    public void unsubscribe(ConsumerId consumer, long lastDelivered, Receipt receipt) {
        OpenConsumer open = consumers.remove(consumer);
        if (open == null) {
            receipt.done();
            return;
        }
        open.unsubscribe(lastDelivered, receipt, requests);
    }

    @Override
    public void acknowledge(Acknowledgement acknowledgement, Receipt receipt) {
        OpenConsumer open = consumers.get(acknowledgement.consumer());
        if (open == null) {
            receipt.done();
            return;
        }
        AckRange range = new AckRange(
                acknowledgement.destination(),
                acknowledgement.type(),
                acknowledgement.first(),
                acknowledgement.last(),
                acknowledgement.count(),
                acknowledgement.cause());
        if (acknowledgement.transaction().isNone()) {
            open.acknowledge(range, true, receipt, this::acknowledge);
        } else {
            transactions
                    .find(acknowledgement.transaction())
                    .ifPresentOrElse(
                            begun -> acknowledgeInTransaction(open, range, begun, receipt),
                            () -> receipt.refused(OpenTransaction.notStarted(acknowledgement.transaction())));
        }
    }

    private void acknowledge(Attachment attachment, AckRange range, Receipt receipt) {
        attachment.put(new Command.Acknowledge(attachment.subscription(), range, receipt), requests);
    }

    private void acknowledgeInTransaction(
            OpenConsumer open, AckRange range, OpenTransaction transaction, Receipt receipt) {
        Optional<Refusal> refusal = transaction.grow(0, registry.limits());
        if (refusal.isPresent()) {
            receipt.refused(refusal.get());
            return;
        }
        boolean consumes = range.type() == AckType.STANDARD || range.type() == AckType.INDIVIDUAL;
        if (open.isSpread() && consumes) {
            transaction.afterCommit(() -> open.settle(range));
        }
        boolean settles = range.type() == AckType.EXPIRED; // which does not wait for the outcome
        open.acknowledge(range, settles, receipt, (attachment, part, one) -> {
            if (transaction.admit(attachment.shard())) {
                attachment.put(
                        new Command.AcknowledgeInTransaction(transaction, attachment.subscription(), part, one),
                        requests);
            } else {
                one.refused(transaction.tooLate());
            }
        });
    }

    @Override
    public void pull(ConsumerId consumer, long timeoutMs) {
        OpenConsumer open = consumers.get(consumer);
        if (open != null) {
            open.pull(timeoutMs, requests);
        }
    }

    @Override
    public void changePrefetch(ConsumerId consumer, int prefetch) {
        OpenConsumer open = consumers.get(consumer);
        if (open != null) {
            open.changePrefetch(prefetch, requests);
        }
    }

    @Override
    public void resume() {
        consumers.values().forEach(OpenConsumer::resume);
    }

    @Override
    public void begin(TransactionId transaction) {
        transactions.begin(transaction);
    }

    @Override
    public void markRollbackOnly(TransactionId transaction, Refusal why) {
        transactions.find(transaction).ifPresent(open -> open.markRollbackOnly(why));
    }

    @Override
    public void commit(TransactionId transaction, Receipt receipt) {
        transactions.commit(transaction, receipt);
    }

    @Override
    public void rollback(TransactionId transaction, Receipt receipt) {
        transactions.rollback(transaction, receipt);
    }

    @Override
    public void prepare(TransactionId transaction, Vote vote) {
        transactions.prepare(transaction, vote);
    }

    @Override
    public void commitPrepared(TransactionId transaction, Receipt receipt) {
        transactions.commitPrepared(transaction, receipt);
    }

    @Override
    public void forget(TransactionId transaction, Receipt receipt) {
        transactions.forget(transaction, receipt);
    }

    @Override
    public void recover(Consumer<List<Xid>> reader) {
        transactions.recover(reader);
    }

    @Override
    public void close(long lastDelivered, Runnable whenClosed) {
        if (closed) {
            whenClosed.run();
            return;
        }
        closed = true;
        int parts = 2 + consumers.size() + temporaries.size();
        Join join = new Join(parts, Receipt.always(() -> {
            registry.remove(this);
            whenClosed.run();
        }));
        transactions.close(join);
        List.copyOf(consumers.keySet()).forEach(consumer -> unsubscribe(consumer, lastDelivered, join));
        temporaries.forEach(name -> requests.put(ownerOf(name), new Command.Disown(name, number, join)));
        join.done();
        requests.flush(); // what was asked for before, too
    }

    @Override
    public void flush() {
        requests.flush();
    }

    @Override
    public void flushHere() {
        requests.flushHere();
    }

    private interface MemberCommand {
        Command of(DestinationName member, Receipt receipt);
    }

    private void toOwners(List<DestinationName> members, Receipt receipt, MemberCommand command) {
        Join join = new Join(members.size(), receipt);
        for (DestinationName member : members) {
            requests.put(ownerOf(member), command.of(member, join));
        }
    }

    private Shard ownerOf(DestinationName destination) {
        return registry.shards().ownerOf(destination);
    }

    private int mostPerConnection() {
        return registry.limits().consumersPerConnection();
    }

    private Refusal tooMany(String what) {
        return new Refusal(
                Refusal.Code.RESOURCE_LIMIT,
                "too many " + what + " on one connection: limit=" + mostPerConnection() + ", client=" + info.clientId()
                        + "; raise limits.consumersPerConnection");
    }
}
