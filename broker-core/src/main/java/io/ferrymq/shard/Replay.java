package io.ferrymq.shard;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.queue.ProducerAudit;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.queue.Restoration;
import io.ferrymq.topic.DurableSubscription;
import io.ferrymq.topic.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds the hard state of one shard from the journal's records, before the shard runs. Used by the thread that starts the
 * broker.
 */
final class Replay {
    private final Destinations destinations;
    private final ScheduledJobs schedules;
    private final ProducerAudit audit;
    private final ShardContext context;
    private final Settlement settlement;
    private final Transactions transactions;
    private final BodyReader bodies;
    private boolean holdersAwaited;

    Replay(
            Destinations destinations,
            ScheduledJobs schedules,
            ProducerAudit audit,
            ShardContext context,
            Settlement settlement,
            Transactions transactions,
            BodyReader bodies) {
        this.schedules = schedules;
        this.destinations = destinations;
        this.audit = audit;
        this.context = context;
        this.settlement = settlement;
        this.transactions = transactions;
        this.bodies = bodies;
    }

    void onRecord(long lsn, Record record) {
        switch (record.type()) {
            case MESSAGE_ADDED -> onMessageAdded(lsn, (Record.MessageAdded) record);
            case MESSAGES_REMOVED -> onMessagesRemoved((Record.MessagesRemoved) record);
            case DELIVERIES_COUNTED -> onDeliveriesCounted((Record.DeliveriesCounted) record);
            case DESTINATION_ADDED -> onDestinationAdded(lsn, (Record.DestinationAdded) record);
            case DESTINATION_REMOVED -> onDestinationRemoved((Record.DestinationRemoved) record);
            case SUBSCRIPTION_ADDED -> onSubscriptionAdded(lsn, (Record.SubscriptionAdded) record);
            case SUBSCRIPTION_REMOVED -> onSubscriptionRemoved((Record.SubscriptionRemoved) record);
            case MESSAGE_SCHEDULED -> onMessageScheduled(lsn, (Record.MessageScheduled) record);
            case SCHEDULES_ENDED ->
                schedules.restore((Record.SchedulesEnded) record).forEach(this::dead);
            case MESSAGE_MOVED -> onMessageMoved(lsn, (Record.MessageMoved) record);
            case MESSAGES_WAITING -> onMessagesWaiting((Record.MessagesWaiting) record);
            case PRODUCERS_SEEN -> ((Record.ProducersSeen) record).marks().forEach(audit::restore);
            case DELIVERIES_SUSPECTED ->
                backlogs().forEach(queue -> queue.restoration().suspectAll());
            case STOPPED_CLEANLY, TRANSACTION_PREPARED, TRANSACTION_RESOLVED -> {} // not of one shard
        }
    }

    /** Ends it: everything has its place. */
    void finish(boolean stoppedCleanly) {
        for (Queue queue : backlogs()) {
            if (!stoppedCleanly) {
                queue.restoration().suspectAll();
            }
            queue.restored();
        }
        if (holdersAwaited) {
            settlement.holdersKnown();
        }
        context.budget().take(schedules.bytes());
    }

    private List<Queue> backlogs() {
        List<Queue> all = new ArrayList<>();
        destinations.all().stream()
                .filter(destination -> destination.name().isQueue())
                .forEach(destination -> all.add(destination.queue()));
        destinations.durables().all().forEach(durable -> all.add(durable.backlog()));
        return all;
    }

    /** Whether this shard has a part of the subscription. */
    boolean knows(DestinationName subscription) {
        return destinations.durables().find(subscription) != null;
    }

    private void dead(long lsn) {
        context.outlet().release(lsn);
    }

    /** Nothing for one that was removed: what was under way for it may come behind that. */
    private Optional<Queue> queue(DestinationName name) {
        if (name.isSubscription()) {
            return Optional.ofNullable(destinations.durables().find(name)).map(DurableSubscription::backlog);
        }
        return Optional.ofNullable(destinations.find(name)).map(Destination::queue);
    }

    private void onMessageScheduled(long lsn, Record.MessageScheduled scheduled) {
        long older = schedules.restore(scheduled, lsn);
        if (older > 0) {
            dead(older);
        }
        audit.seen(scheduled.message());
        if (bodies.canRead()) {
            schedules.storeBeyond(context.budget().waitingShare(false), Long.MIN_VALUE, again -> true);
        }
    }

    /** At the end of the log: what a prepared transaction would send, invisible until its outcome. */
    void restoreSend(OpenTransaction transaction, Message message) {
        context.budget().take(message.footprintBytes());
        transactions.part(transaction).send(message);
    }

    /** Likewise what it has acknowledged: nobody gets that until its outcome. */
    void restoreAcknowledged(OpenTransaction transaction, Record.MessagesRemoved acknowledged) {
        queue(acknowledged.destination()).ifPresent(queue -> {
            List<QueueEntry> held = queue.restoration().acknowledged(acknowledged.sequences(), this::read);
            if (!held.isEmpty()) {
                transactions.part(transaction).acknowledgedOf(queue).addAll(held);
            }
        });
    }

    private @Nullable Message[] read(long[] lsns) {
        @Nullable Message[] messages = bodies.readNow(lsns);
        for (Message message : messages) {
            context.budget().take(message == null ? 0 : message.withoutBody().footprintBytes());
        }
        return messages;
    }

    private void onMessageAdded(long lsn, Record.MessageAdded added) {
        DestinationName name = added.message().destination();
        audit.seen(added.message());
        if (name.isTopic()) {
            Destination topic = destinations.restore(name);
            Publication publication = new Publication(added.message(), added.sequence(), lsn);
            keep(publication, topic.topic().durablesWanting(added.message()));
            settlement.hold(lsn, publication.kept());
        } else {
            add(name, new QueueEntry(added.message(), added.sequence(), lsn, 0));
        }
    }

    private void add(DestinationName queue, QueueEntry entry) {
        long bytes = entry.message().footprintBytes();
        context.budget().take(bytes);
        if (!destinations.restore(queue).queue().restoration().add(entry)) {
            context.budget().give(bytes);
        }
    }

    private void keep(Publication publication, List<DurableSubscription> durables) {
        context.budget().take(publication.message().footprintBytes());
        durables.forEach(durable -> durable.restore(publication));
        settlement.letGo(publication.own());
    }

    private void onMessageMoved(long lsn, Record.MessageMoved moved) {
        audit.seen(moved.message());
        if (moved.message().destination().isTopic()) {
            onPublicationMoved(lsn, moved);
            return;
        }
        DestinationName name = moved.message().destination();
        int count = moved.counts()[0];
        Restoration restoration = destinations.restore(name).queue().restoration();
        long before = restoration.moved(moved.message(), moved.sequence(), lsn, count);
        if (before > 0) {
            dead(before);
        } else {
            add(name, new QueueEntry(moved.message(), moved.sequence(), lsn, count));
        }
    }

    private void onMessagesWaiting(Record.MessagesWaiting waiting) {
        if (waiting.backlog().isQueue()) {
            destinations.restore(waiting.backlog());
        }
        queue(waiting.backlog()).ifPresent(queue -> {
            queue.restoration().add(waiting);
            if (waiting.backlog().isSubscription()) {
                settlement.another(waiting.lsns());
                holdersAwaited = true;
            }
        });
    }

    private void onPublicationMoved(long lsn, Record.MessageMoved moved) {
        Publication publication = new Publication(moved.message(), moved.sequence(), lsn);
        List<DurableSubscription> without = new ArrayList<>();
        int holders = 0;
        for (int i = 0; i < moved.backlogs().size(); i++) {
            DurableSubscription durable =
                    destinations.durables().find(moved.backlogs().get(i));
            if (durable == null) {
                continue;
            }
            long before =
                    durable.backlog().restoration().moved(moved.message(), moved.sequence(), lsn, moved.counts()[i]);
            if (before > 0) {
                settlement.forgotten(durable.name(), before);
                holders++;
            } else {
                without.add(durable);
            }
        }
        keep(publication, without);
        for (int i = 0; i < moved.backlogs().size(); i++) {
            int count = moved.counts()[i];
            queue(moved.backlogs().get(i))
                    .ifPresent(queue -> queue.restoration().count(moved.sequence(), count));
        }
        settlement.hold(lsn, holders + without.size());
    }

    private void onMessagesRemoved(Record.MessagesRemoved removed) {
        queue(removed.destination()).ifPresent(queue -> {
            for (long sequence : removed.sequences()) {
                Restoration.Left left = queue.restoration().remove(sequence);
                if (left != null) {
                    context.budget().give(left.freedBytes());
                    settlement.forgotten(queue.name(), left.lsn());
                }
            }
        });
    }

    private void onDeliveriesCounted(Record.DeliveriesCounted counted) {
        queue(counted.destination()).ifPresent(queue -> {
            for (int i = 0; i < counted.sequences().length; i++) {
                queue.restoration().count(counted.sequences()[i], counted.counts()[i]);
            }
        });
    }

    private static JournalEntry entryAt(long lsn, Record record) {
        JournalEntry entry = new JournalEntry(List.of(record), false);
        entry.assignLsn(lsn);
        return entry;
    }

    private void replaced(@Nullable JournalEntry old) {
        if (old != null) {
            dead(old.firstLsn());
        }
    }

    private void onDestinationAdded(long lsn, Record.DestinationAdded added) {
        Destination destination = destinations.restore(added.destination());
        replaced(destination.addedEntry);
        destination.addedEntry = entryAt(lsn, added);
    }

    private void onDestinationRemoved(Record.DestinationRemoved removed) {
        Destination destination = destinations.find(removed.destination());
        if (destination == null) {
            return;
        }
        replaced(destination.addedEntry);
        if (destination.name().isQueue()) {
            forgetAll(destination.queue());
        }
        destinations.forget(removed.destination());
    }

    private void forgetAll(Queue queue) {
        queue.restored();
        settlement.forgotten(queue.name(), queue.close(lsn -> settlement.forgotten(queue.name(), lsn)));
    }

    private void onSubscriptionAdded(long lsn, Record.SubscriptionAdded added) {
        destinations.durables().recover(DurableSpec.of(added), entryAt(lsn, added));
    }

    private void onSubscriptionRemoved(Record.SubscriptionRemoved removed) {
        queue(removed.subscription()).ifPresent(this::forgetAll);
        destinations.durables().forget(removed.subscription()).forEach(this::replaced);
    }
}
