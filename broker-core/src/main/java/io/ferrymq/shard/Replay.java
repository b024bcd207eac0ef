package io.ferrymq.shard;

import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.topic.DurableSubscription;
import io.ferrymq.topic.Publication;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final MemoryBudget budget;
    private final Transactions transactions;
    private final Map<DestinationName, Map<Long, QueueEntry>> live = new HashMap<>();
    private final List<Long> dead = new ArrayList<>();

    Replay(
            Destinations destinations,
            ScheduledJobs schedules,
            ProducerAudit audit,
            MemoryBudget budget,
            Transactions transactions) {
        this.schedules = schedules;
        this.destinations = destinations;
        this.audit = audit;
        this.budget = budget;
        this.transactions = transactions;
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
            case SCHEDULES_ENDED -> dead.addAll(schedules.restore((Record.SchedulesEnded) record));
            case STOPPED_CLEANLY, TRANSACTION_PREPARED, TRANSACTION_RESOLVED -> {} // not of one shard
        }
    }

    /** Ends it: returns the LSNs of records that are not part of the hard state. */
    List<Long> finish(boolean stoppedCleanly) {
        for (Map.Entry<DestinationName, Map<Long, QueueEntry>> queue : live.entrySet()) {
            List<QueueEntry> entries = List.copyOf(queue.getValue().values());
            if (!stoppedCleanly && !entries.isEmpty()) {
                queue(queue.getKey()).ifPresent(known -> known.suspectDelivered(entries));
            }
        }
        budget.take(schedules.bytes());
        return dead;
    }

    private Optional<Queue> queue(DestinationName name) {
        if (name.isSubscription()) {
            return Optional.ofNullable(destinations.durables().find(name)).map(DurableSubscription::backlog);
        }
        return Optional.of(destinations.restore(name).queue());
    }

    private void onMessageScheduled(long lsn, Record.MessageScheduled scheduled) {
        long older = schedules.restore(scheduled, lsn);
        if (older > 0) {
            dead.add(older);
        }
        audit.seen(scheduled.message());
    }

    /** At the end of the log: what a prepared transaction would send, invisible until its outcome. */
    void restoreSend(OpenTransaction transaction, Message message) {
        budget.take(message.footprintBytes());
        transactions.part(transaction).send(message);
    }

    /** Likewise what it has acknowledged: nobody gets that until its outcome. */
    void restoreAcknowledged(OpenTransaction transaction, Record.MessagesRemoved acknowledged) {
        Map<Long, QueueEntry> entries = live.getOrDefault(acknowledged.destination(), Map.of());
        List<QueueEntry> held = Arrays.stream(acknowledged.sequences())
                .mapToObj(entries::get)
                .filter(Objects::nonNull)
                .toList();
        if (!held.isEmpty()) {
            queue(acknowledged.destination()).ifPresent(queue -> {
                queue.restoreAcknowledged(held);
                transactions.part(transaction).acknowledgedOf(queue).addAll(held);
            });
        }
    }

    private void onMessageAdded(long lsn, Record.MessageAdded added) {
        DestinationName name = added.message().destination();
        audit.seen(added.message());
        budget.take(added.message().footprintBytes());
        if (name.isTopic()) {
            onPublished(lsn, added);
        } else {
            QueueEntry entry = new QueueEntry(added.message(), added.sequence(), lsn, 0);
            destinations.restore(name).queue().restore(entry);
            liveIn(name).put(added.sequence(), entry);
        }
    }

    private void onPublished(long lsn, Record.MessageAdded added) {
        Publication publication = new Publication(added.message(), added.sequence(), lsn);
        Destination topic = destinations.restore(added.message().destination());
        for (DurableSubscription durable : topic.topic().durablesWanting(added.message())) {
            liveIn(durable.name()).put(added.sequence(), durable.restore(publication));
        }
        leave(publication.own());
    }

    private void leave(QueueEntry entry) {
        if (entry.isLastToLeave()) {
            dead.add(entry.lsn());
            budget.give(entry.message().footprintBytes());
        }
    }

    private void onMessagesRemoved(Record.MessagesRemoved removed) {
        Map<Long, QueueEntry> entries = live.get(removed.destination());
        if (entries == null) {
            return;
        }
        for (long sequence : removed.sequences()) {
            QueueEntry entry = entries.remove(sequence);
            if (entry != null) {
                queue(removed.destination()).ifPresent(queue -> queue.forget(entry));
                leave(entry);
            }
        }
    }

    private void onDeliveriesCounted(Record.DeliveriesCounted counted) {
        Map<Long, QueueEntry> entries = live.get(counted.destination());
        if (entries == null) {
            return;
        }
        for (int i = 0; i < counted.sequences().length; i++) {
            QueueEntry entry = entries.get(counted.sequences()[i]);
            int count = counted.counts()[i];
            if (entry != null) {
                queue(counted.destination()).ifPresent(queue -> queue.restoreRedeliveries(entry, count));
            }
        }
    }

    private static JournalEntry entryAt(long lsn, Record record) {
        JournalEntry entry = new JournalEntry(List.of(record), false);
        entry.assignLsn(lsn);
        return entry;
    }

    private void replaced(@Nullable JournalEntry old) {
        if (old != null) {
            dead.add(old.firstLsn());
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
        forgetAll(removed.destination());
        destinations.forget(removed.destination());
    }

    private void forgetAll(DestinationName backlog) {
        Map<Long, QueueEntry> entries = live.remove(backlog);
        if (entries != null) {
            entries.values().forEach(this::leave);
        }
    }

    private void onSubscriptionAdded(long lsn, Record.SubscriptionAdded added) {
        destinations.durables().recover(DurableSpec.of(added), entryAt(lsn, added));
    }

    private void onSubscriptionRemoved(Record.SubscriptionRemoved removed) {
        destinations.durables().forget(removed.subscription()).forEach(this::replaced);
        forgetAll(removed.subscription());
    }

    private Map<Long, QueueEntry> liveIn(DestinationName name) {
        return live.computeIfAbsent(name, any -> new HashMap<>());
    }
}
