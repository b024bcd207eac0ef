package io.ferrymq.session;

import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.DurableChange;
import io.ferrymq.shard.DurableDirectory;
import io.ferrymq.shard.DurableSpec;
import io.ferrymq.shard.Durables;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients ask about durable subscriptions: for each name one thing after the other. Immutable; any thread. */
final class DurableRequests {
    private static final Logger LOG = LoggerFactory.getLogger(DurableRequests.class);

    private final Shards shards;
    private final DurableDirectory directory;
    private final int most;

    /** @param most how many there may be */
    DurableRequests(Shards shards, int most) {
        this.shards = shards;
        this.directory = shards.durables();
        this.most = most;
    }

    /** A refusal when there are too many for one of this name. */
    Optional<Refusal> tooMany(DestinationName name) {
        if (directory.find(name).isPresent() || directory.size() < most) {
            return Optional.empty();
        }
        return Optional.of(new Refusal(
                Refusal.Code.RESOURCE_LIMIT,
                "too many durable subscriptions: limit=" + most + "; unsubscribe some, or raise limits.destinations"));
    }

    /** One that is about other topics, or has another selector, than the last time is a new subscription (JMS 3.1 section 8.3.3). */
    void subscribe(DurableSpec wanted, OpenConsumer consumer, Receipt receipt) {
        directory.inTurn(wanted.name(), () -> {
            Receipt last = endingTurn(wanted.name(), receipt);
            Optional<DurableSpec> known = directory.find(wanted.name());
            if (known.isPresent() && !known.get().isSameSubscription(wanted)) {
                Receipt changed = Receipt.of(
                        () -> create(wanted, consumer, last),
                        refusal -> last.refused(toConsumer(refusal, wanted.name())));
                remove(known.get(), 0, changed);
            } else {
                create(wanted, consumer, last);
            }
        });
    }

    private static Refusal toConsumer(Refusal refusal, DestinationName name) {
        return refusal.code() == Refusal.Code.SUBSCRIPTION_IN_USE ? Durables.inUse(name) : refusal;
    }

    private void create(DurableSpec wanted, OpenConsumer consumer, Receipt receipt) {
        Receipt created = Receipt.of(
                () -> {
                    directory.put(wanted);
                    receipt.done();
                },
                receipt::refused);
        consumer.subscribe(created, Handoff.AT_ONCE); // perhaps on the thread of whoever had the turn before
    }

    Optional<DestinationName> topics(DestinationName name) {
        return directory.find(name).map(DurableSpec::topics);
    }

    void remove(DestinationName name, Receipt receipt) {
        directory.inTurn(name, () -> {
            Receipt last = endingTurn(name, receipt);
            directory.find(name).ifPresentOrElse(known -> remove(known, 0, last), () -> last.refused(missing(name)));
        });
    }

    /** Ends one that nobody has taken from for so long. Whatever else is done about it comes first, and may be the end of this. */
    void removeUnused(DestinationName name, long unusedMs) {
        if (directory.isChanging(name)) {
            return;
        }
        directory.inTurn(name, () -> {
            Receipt removed = Receipt.of(
                    () -> LOG.info(
                            "a durable subscription was removed, since nobody has used it for {} ms: client={}, name={}",
                            unusedMs,
                            name.subscriptionClient(),
                            name.subscriptionName()),
                    refusal -> LOG.debug("a durable subscription is not removed: {}: {}", name, refusal));
            Receipt last = endingTurn(name, removed);
            directory
                    .find(name)
                    .ifPresentOrElse(known -> remove(known, unusedMs, last), () -> last.refused(missing(name)));
        });
    }

    private static Refusal missing(DestinationName name) {
        return new Refusal(
                Refusal.Code.INVALID_DESTINATION,
                "No durable subscription exists for clientID: " + name.subscriptionClient() + " and subscriptionName: "
                        + name.subscriptionName());
    }

    private void remove(DurableSpec known, long unusedMs, Receipt receipt) {
        List<Shard> concerned = shards.concernedBy(known);
        Receipt removed = Receipt.of(
                () -> {
                    directory.remove(known.name());
                    receipt.done();
                },
                receipt::refused);
        Join join = new Join(concerned.size(), removed);
        DurableChange change = DurableChange.removal(known, unusedMs, shards);
        concerned.forEach(shard -> shard.inbox().put(new Command.RemoveSubscription(known.name(), change, join)));
    }

    private Receipt endingTurn(DestinationName name, Receipt receipt) {
        return Receipt.of(
                () -> {
                    directory.endTurn(name);
                    receipt.done();
                },
                refusal -> {
                    directory.endTurn(name);
                    receipt.refused(refusal);
                });
    }
}
