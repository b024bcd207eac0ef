package io.ferrymq.store;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.message.Xid;
import io.ferrymq.snapshot.SubscriptionRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is live when all records of a log have been seen: the hard state of a broker, as numbers and places instead of messages. It
 * keeps to the rules of the broker's own replay. Owned by one thread.
 */
final class LiveState {
    /** A live record that is no message of a backlog, and what it belongs to. */
    record Kept(String name, long place, int bytes, long timeMs) {}

    /** A prepared transaction; its records are in one entry. */
    static final class Prepared {
        final long preparedMs;
        final List<Kept> records = new ArrayList<>();
        long acknowledged;
        long sends;

        private Prepared(long preparedMs) {
            this.preparedMs = preparedMs;
        }

        long bytes() {
            return records.stream().mapToLong(Kept::bytes).sum();
        }
    }

    private final SubscriptionRules rules;
    private final Backlogs backlogs = new Backlogs();
    private final Map<Long, Kept> jobs = new TreeMap<>();
    private final Map<Xid, Prepared> prepared = new LinkedHashMap<>();
    private final Map<DestinationName, Kept> destinations = new LinkedHashMap<>();
    private final Map<DestinationName, List<Kept>> subscriptions = new LinkedHashMap<>();

    LiveState(PropertyFormat properties) {
        this.rules = new SubscriptionRules(properties);
    }

    /**
     * The next record of the log.
     *
     * @param place where it begins
     * @param bytes what it takes in its segments
     */
    void onRecord(Record record, long place, int bytes) {
        switch (record.type()) {
            case MESSAGE_ADDED -> onMessageAdded((Record.MessageAdded) record, place, bytes);
            case MESSAGES_REMOVED -> {
                Record.MessagesRemoved removed = (Record.MessagesRemoved) record;
                backlogs.removed(removed.destination(), removed.sequences());
            }
            case DELIVERIES_COUNTED -> {
                Record.DeliveriesCounted counted = (Record.DeliveriesCounted) record;
                backlogs.counted(counted.destination(), counted.sequences(), counted.counts());
            }
            case DESTINATION_ADDED -> {
                DestinationName name = ((Record.DestinationAdded) record).destination();
                destinations.put(name, new Kept(name.qualified(), place, bytes, 0));
            }
            case DESTINATION_REMOVED -> {
                DestinationName name = ((Record.DestinationRemoved) record).destination();
                destinations.remove(name);
                backlogs.dropAll(name);
            }
            case SUBSCRIPTION_ADDED -> onSubscriptionAdded((Record.SubscriptionAdded) record, place, bytes);
            case SUBSCRIPTION_REMOVED -> {
                DestinationName name = ((Record.SubscriptionRemoved) record).subscription();
                rules.remove(name);
                subscriptions.remove(name);
                backlogs.dropAll(name);
            }
            case MESSAGE_MOVED -> {
                Record.MessageMoved moved = (Record.MessageMoved) record;
                moved(moved.sequence(), moved.message(), moved.backlogs(), moved.counts(), place, bytes);
            }
            case DELIVERIES_SUSPECTED -> backlogs.suspectBefore(place);
            case STOPPED_CLEANLY -> {}
            case MESSAGE_SCHEDULED -> {
                Record.MessageScheduled scheduled = (Record.MessageScheduled) record;
                Message message = scheduled.message();
                jobs.put(scheduled.job(), new Kept(message.destination().qualified(), place, bytes, timeMs(message)));
            }
            case SCHEDULES_ENDED -> {
                for (long job : ((Record.SchedulesEnded) record).jobs()) {
                    jobs.remove(job);
                }
            }
            case TRANSACTION_PREPARED -> onPrepared((Record.TransactionPrepared) record, place, bytes);
            case TRANSACTION_RESOLVED -> prepared.remove(((Record.TransactionResolved) record).xid());
        }
    }

    private void onMessageAdded(Record.MessageAdded added, long place, int bytes) {
        Message message = added.message();
        Backlogs.Entry entry = new Backlogs.Entry(place, bytes, timeMs(message));
        if (message.destination().isTopic()) {
            backlogs.inSubscriptions(rules.wanting(message), added.sequence(), entry);
        } else {
            backlogs.inQueue(message.destination(), added.sequence(), entry);
        }
    }

    /**
     * A message is still in these backlogs, and this is its record from now on: what a compaction writes.
     *
     * @param counts how often it has been delivered, for each backlog
     */
    void moved(long sequence, Message message, List<DestinationName> in, int[] counts, long place, int bytes) {
        Backlogs.Entry entry = new Backlogs.Entry(place, bytes, timeMs(message));
        if (message.destination().isTopic()) {
            List<DestinationName> there =
                    in.stream().filter(name -> rules.find(name).isPresent()).toList();
            backlogs.inSubscriptions(there, sequence, entry);
        } else {
            backlogs.inQueue(message.destination(), sequence, entry);
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                backlogs.counted(in.get(i), new long[] {sequence}, new int[] {counts[i]});
            }
        }
    }

    /** The message that a record of a backlog or of a job carries, or null. */
    static @Nullable Message messageIn(Record record) {
        return record instanceof Record.MessageScheduled scheduled ? scheduled.message() : record.queued();
    }

    private static long timeMs(Message message) {
        return message.arrivalMs() > 0 ? message.arrivalMs() : message.timestampMs();
    }

    private void onSubscriptionAdded(Record.SubscriptionAdded added, long place, int bytes) {
        rules.add(added);
        subscriptions
                .computeIfAbsent(added.subscription(), any -> new ArrayList<>())
                .add(new Kept(added.subscription().qualified(), place, bytes, 0));
    }

    private void onPrepared(Record.TransactionPrepared part, long place, int bytes) {
        if (part.part() == 0) {
            prepared.put(part.xid(), new Prepared(part.preparedMs()));
        }
        Prepared current = prepared.get(part.xid());
        if (current != null) { // else its first part was damaged, and the entry is lost as a whole
            current.records.add(new Kept(part.xid().toString(), place, bytes, part.preparedMs()));
            part.acknowledged().forEach(one -> current.acknowledged += one.sequences().length);
            current.sends += part.sends().size();
        }
    }

    Backlogs backlogs() {
        return backlogs;
    }

    SubscriptionRules rules() {
        return rules;
    }

    /** Scheduled messages by job, the oldest job first. */
    Map<Long, Kept> jobs() {
        return jobs;
    }

    Map<Xid, Prepared> prepared() {
        return prepared;
    }

    Map<DestinationName, Kept> destinations() {
        return destinations;
    }

    /**
     * The records that durable subscriptions exist by. Of several of one subscription all are needed from the last one before its
     * oldest message on.
     */
    List<Kept> subscriptionRecords() {
        Map<DestinationName, Long> oldest = oldestPlaces();
        List<Kept> needed = new ArrayList<>();
        subscriptions.forEach((name, records) -> {
            long first = oldest.getOrDefault(name, Long.MAX_VALUE);
            int from = 0;
            while (from + 1 < records.size() && records.get(from + 1).place() < first) {
                from++;
            }
            needed.addAll(records.subList(from, records.size()));
        });
        return needed;
    }

    private Map<DestinationName, Long> oldestPlaces() {
        Map<DestinationName, Long> oldest = new LinkedHashMap<>();
        if (!subscriptions.isEmpty()) {
            LiveMessages messages = backlogs.messages();
            messages.forEach(slot -> {
                if (messages.holder(slot) < 0) {
                    backlogs.holdersOf(slot).forEach(name -> oldest.merge(name, messages.place(slot), Math::min));
                }
            });
        }
        return oldest;
    }
}
