package io.ferrymq.shard;

import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Rebuilds the hard state of one shard from the journal's records, before the shard runs. Used by the thread that starts the
 * broker.
 */
final class Replay {
    private final Destinations destinations;
    private final ProducerAudit audit;
    private final MemoryBudget budget;
    private final Transactions transactions;
    private final Map<DestinationName, Map<Long, QueueEntry>> live = new HashMap<>();
    private final List<Long> dead = new ArrayList<>();

    Replay(Destinations destinations, ProducerAudit audit, MemoryBudget budget, Transactions transactions) {
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
            case STOPPED_CLEANLY, TRANSACTION_PREPARED, TRANSACTION_RESOLVED -> {} // not of one shard
        }
    }

    /** Ends it: returns the LSNs of records that are not part of the hard state. */
    List<Long> finish(boolean stoppedCleanly) {
        for (Map.Entry<DestinationName, Map<Long, QueueEntry>> queue : live.entrySet()) {
            Collection<QueueEntry> entries = queue.getValue().values();
            entries.forEach(entry -> budget.take(entry.message().footprintBytes()));
            if (!stoppedCleanly && !entries.isEmpty()) {
                destinations.restore(queue.getKey()).queue().suspectDelivered(entries);
            }
        }
        return dead;
    }

    /** At the end of the log: what a prepared transaction would send, invisible until its outcome. */
    void restoreSend(OpenTransaction transaction, Message message) {
        budget.take(message.footprintBytes());
        transactions.part(transaction).send(message);
    }

    /** Likewise what it has acknowledged: nobody gets that until its outcome. */
    void restoreAcknowledged(OpenTransaction transaction, Record.MessagesRemoved acknowledged) {
        Map<Long, QueueEntry> entries = liveIn(acknowledged.destination());
        List<QueueEntry> held = Arrays.stream(acknowledged.sequences())
                .mapToObj(entries::get)
                .filter(Objects::nonNull)
                .toList();
        if (!held.isEmpty()) {
            Queue queue = destinations.restore(acknowledged.destination()).queue();
            queue.restoreAcknowledged(held);
            transactions.part(transaction).acknowledgedOf(queue).addAll(held);
        }
    }

    private void onMessageAdded(long lsn, Record.MessageAdded added) {
        QueueEntry entry = new QueueEntry(added.message(), added.sequence(), lsn, 0);
        DestinationName name = added.message().destination();
        destinations.restore(name).queue().restore(entry);
        liveIn(name).put(added.sequence(), entry);
        audit.seen(added.message());
    }

    private void onMessagesRemoved(Record.MessagesRemoved removed) {
        Map<Long, QueueEntry> entries = liveIn(removed.destination());
        for (long sequence : removed.sequences()) {
            QueueEntry entry = entries.remove(sequence);
            if (entry != null) {
                destinations.restore(removed.destination()).queue().forget(entry);
                dead.add(entry.lsn());
            }
        }
    }

    private void onDeliveriesCounted(Record.DeliveriesCounted counted) {
        Map<Long, QueueEntry> entries = liveIn(counted.destination());
        for (int i = 0; i < counted.sequences().length; i++) {
            QueueEntry entry = entries.get(counted.sequences()[i]);
            if (entry != null) {
                destinations.restore(counted.destination()).queue().restoreRedeliveries(entry, counted.counts()[i]);
            }
        }
    }

    private void onDestinationAdded(long lsn, Record.DestinationAdded added) {
        Destination destination = destinations.restore(added.destination());
        JournalEntry newest = new JournalEntry(List.of(added), false);
        newest.assignLsn(lsn);
        if (destination.addedEntry != null) {
            dead.add(destination.addedEntry.firstLsn());
        }
        destination.addedEntry = newest;
    }

    private void onDestinationRemoved(Record.DestinationRemoved removed) {
        Destination destination = destinations.find(removed.destination());
        if (destination == null) {
            return;
        }
        if (destination.addedEntry != null) {
            dead.add(destination.addedEntry.firstLsn());
        }
        Map<Long, QueueEntry> entries = live.remove(removed.destination());
        if (entries != null) {
            entries.values().forEach(entry -> dead.add(entry.lsn()));
        }
        destinations.forget(removed.destination());
    }

    private Map<Long, QueueEntry> liveIn(DestinationName name) {
        return live.computeIfAbsent(name, any -> new HashMap<>());
    }
}
