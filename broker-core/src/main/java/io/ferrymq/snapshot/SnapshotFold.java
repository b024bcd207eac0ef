package io.ferrymq.snapshot;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.message.Xid;
import io.ferrymq.queue.Absent;
import io.ferrymq.queue.ProducerAudit;
import io.ferrymq.queue.WaitingBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next snapshot: what a snapshot tells, changed by the records of the log behind it. It keeps to the rules of the broker's own
 * replay, so that a recovery finds the same state whether it begins with the old snapshot, the new one, or none.
 *
 * <p>Only the changes are in the heap; of the old snapshot its messages are told once more at the end, and pass through. Used by one thread:
 * {@link #before} for each record of the old snapshot, {@link #onRecord} for each one behind it, then {@link #tell}.
 */
public final class SnapshotFold implements Journal.Visitor {
    /** So many may change however small the old snapshot is, and one more for so many bytes of it: about a seventh of what its messages take in the heap. */
    private static final long FEWEST_CHANGES = 256 << 10;

    private static final int BYTES_PER_CHANGE = 256;
    private static final int HEAP_SHARE = 8;
    /** In bytes, measured: 45 to 79, since arrays and tables double. */
    private static final int HEAP_PER_CHANGE = 80;

    private static final long MOST_BYTES = 16 << 20;
    /** A backlog takes as much heap as so many messages. */
    private static final int BACKLOG_WEIGHT = 16;

    private static final int PRODUCERS = 4 * ProducerAudit.PAIRS;
    private static final int PRODUCERS_TOGETHER = 4096;

    private record Kept(long lsn, Record record) {}

    private final SubscriptionRules rules;
    private final long mostChanges;
    private final ProducerAudit producers = new ProducerAudit(PRODUCERS);
    private final Map<DestinationName, Kept> destinations = new LinkedHashMap<>();
    private final Map<DestinationName, List<Kept>> subscriptions = new LinkedHashMap<>();
    private final Map<DestinationName, BacklogChanges> backlogs = new HashMap<>();
    /** Jobs that are new or changed. */
    private final Map<Long, Kept> jobs = new LinkedHashMap<>();

    private final Set<Long> endedJobs = new HashSet<>();
    private final Map<Xid, List<Kept>> prepared = new LinkedHashMap<>();
    private boolean suspected;
    private long nextSequence = 1;
    private long changes;
    private long bytes;

    /**
     * @param properties reads what selectors of durable subscriptions ask for
     * @param oldBytes how large the old snapshot is: one that is large is not to be written again for few changes
     */
    public SnapshotFold(PropertyFormat properties, long oldBytes) {
        this.rules = new SubscriptionRules(properties);
        long ofHeap = Runtime.getRuntime().maxMemory() / HEAP_SHARE / HEAP_PER_CHANGE;
        this.mostChanges = Math.max(FEWEST_CHANGES, Math.min(ofHeap, oldBytes / BYTES_PER_CHANGE));
    }

    /** Whether {@link #before} has any use for a record of this type. */
    public static boolean remembers(Record.Type type) {
        return type != Record.Type.MESSAGES_WAITING && type != Record.Type.MESSAGE_SCHEDULED;
    }

    /** A record of the snapshot that it begins with. */
    public void before(long lsn, Record record) {
        if (remembers(record.type())) {
            onRecord(lsn, record);
            changes = 0;
            bytes = 0;
        }
    }

    /** Whether the next snapshot should be made now: what has changed takes more heap than it may. */
    public boolean isFull() {
        return changes >= mostChanges || bytes >= MOST_BYTES;
    }

    @Override
    public void onRecord(long lsn, Record record) {
        nextSequence = Math.max(nextSequence, sequenceAfter(record));
        switch (record.type()) {
            case MESSAGE_ADDED -> onMessageAdded(lsn, (Record.MessageAdded) record);
            case MESSAGES_REMOVED -> onMessagesRemoved((Record.MessagesRemoved) record);
            case DELIVERIES_COUNTED -> onDeliveriesCounted((Record.DeliveriesCounted) record);
            case DESTINATION_ADDED ->
                destinations.put(((Record.DestinationAdded) record).destination(), new Kept(lsn, record));
            case DESTINATION_REMOVED -> {
                DestinationName name = ((Record.DestinationRemoved) record).destination();
                destinations.remove(name);
                empty(name);
            }
            case SUBSCRIPTION_ADDED -> onSubscriptionAdded(lsn, (Record.SubscriptionAdded) record);
            case SUBSCRIPTION_REMOVED -> onSubscriptionRemoved(((Record.SubscriptionRemoved) record).subscription());
            case TRANSACTION_PREPARED -> onPrepared(lsn, (Record.TransactionPrepared) record);
            case TRANSACTION_RESOLVED -> prepared.remove(((Record.TransactionResolved) record).xid());
            case MESSAGE_SCHEDULED -> onMessageScheduled(lsn, (Record.MessageScheduled) record);
            case SCHEDULES_ENDED -> onSchedulesEnded((Record.SchedulesEnded) record);
            case MESSAGE_MOVED -> onMessageMoved(lsn, (Record.MessageMoved) record);
            case DELIVERIES_SUSPECTED -> {
                suspected = true;
                backlogs.values().forEach(BacklogChanges::suspectAll);
            }
            case PRODUCERS_SEEN -> ((Record.ProducersSeen) record).marks().forEach(producers::restore);
            case STOPPED_CLEANLY, MESSAGES_WAITING -> {}
        }
    }

    /** What the next sequence is at least, by this record; 0 when it says nothing about that. */
    public static long sequenceAfter(Record record) {
        return switch (record.type()) {
            case MESSAGE_ADDED -> ((Record.MessageAdded) record).sequence() + 1;
            case MESSAGE_MOVED -> ((Record.MessageMoved) record).sequence() + 1;
            case MESSAGE_SCHEDULED -> ((Record.MessageScheduled) record).job() + 1;
            case STOPPED_CLEANLY -> ((Record.StoppedCleanly) record).nextSequence();
            case MESSAGES_REMOVED -> { // what they removed may be gone from the log already
                long highest = 0;
                for (long sequence : ((Record.MessagesRemoved) record).sequences()) {
                    highest = Math.max(highest, sequence + 1);
                }
                yield highest;
            }
            default -> 0;
        };
    }

    private BacklogChanges backlog(DestinationName name) {
        BacklogChanges known = backlogs.get(name);
        if (known != null) {
            return known;
        }
        BacklogChanges created = new BacklogChanges();
        if (suspected) {
            created.suspectAll();
        }
        backlogs.put(name, created);
        changes += BACKLOG_WEIGHT;
        return created;
    }

    /** A queue, or a durable subscription that is there. */
    private boolean isBacklog(DestinationName name) {
        return !name.isSubscription() || rules.find(name).isPresent();
    }

    private void onMessageAdded(long lsn, Record.MessageAdded added) {
        Message message = added.message();
        producers.seen(message);
        Absent numbers = Absent.of(message, added.sequence(), lsn, 0);
        List<DestinationName> in =
                message.destination().isTopic() ? rules.wanting(message) : List.of(message.destination());
        for (DestinationName name : in) {
            backlog(name).added(message.priority(), numbers);
            changes++;
        }
    }

    private void onMessageMoved(long lsn, Record.MessageMoved moved) {
        Message message = moved.message();
        producers.seen(message);
        List<DestinationName> in = message.destination().isTopic() ? moved.backlogs() : List.of(message.destination());
        for (int i = 0; i < in.size(); i++) {
            if (isBacklog(in.get(i))) {
                backlog(in.get(i))
                        .moved(message.priority(), Absent.of(message, moved.sequence(), lsn, moved.counts()[i]));
                changes++;
            }
        }
    }

    private void onMessagesRemoved(Record.MessagesRemoved removed) {
        if (isBacklog(removed.destination())) {
            BacklogChanges backlog = backlog(removed.destination());
            int before = backlog.size();
            for (long sequence : removed.sequences()) {
                backlog.removed(sequence);
            }
            changes += backlog.size() - before;
        }
    }

    private void onDeliveriesCounted(Record.DeliveriesCounted counted) {
        if (isBacklog(counted.destination())) {
            BacklogChanges backlog = backlog(counted.destination());
            int before = backlog.size();
            for (int i = 0; i < counted.sequences().length; i++) {
                backlog.counted(counted.sequences()[i], counted.counts()[i]);
            }
            changes += backlog.size() - before;
        }
    }

    private void empty(DestinationName name) {
        backlog(name).empty();
    }

    private void onSubscriptionAdded(long lsn, Record.SubscriptionAdded added) {
        rules.add(added);
        subscriptions
                .computeIfAbsent(added.subscription(), any -> new ArrayList<>())
                .add(new Kept(lsn, added));
    }

    private void onSubscriptionRemoved(DestinationName name) {
        rules.remove(name);
        subscriptions.remove(name);
        empty(name);
    }

    private void onPrepared(long lsn, Record.TransactionPrepared part) {
        if (part.part() == 0) {
            prepared.put(part.xid(), new ArrayList<>());
        }
        List<Kept> parts = prepared.get(part.xid());
        if (parts != null) { // else its first part is gone, and it was resolved
            parts.add(new Kept(lsn, part));
            bytes += part.sends().stream().mapToLong(Message::footprintBytes).sum();
        }
    }

    private void onMessageScheduled(long lsn, Record.MessageScheduled scheduled) {
        producers.seen(scheduled.message());
        jobs.put(scheduled.job(), new Kept(lsn, scheduled));
        bytes += scheduled.message().footprintBytes();
        changes++;
    }

    private void onSchedulesEnded(Record.SchedulesEnded ended) {
        for (long job : ended.jobs()) {
            Kept known = jobs.remove(job);
            bytes -= known == null
                    ? 0
                    : ((Record.MessageScheduled) known.record()).message().footprintBytes();
            endedJobs.add(job);
            changes++;
        }
    }

    /**
     * Tells the next snapshot.
     *
     * @param before tells the old one again
     */
    public void tell(Consumer<Journal.Visitor> before, Journal.Visitor to) {
        to.onRecord(0, new Record.StoppedCleanly(nextSequence));
        tellProducers(to);
        destinations.values().forEach(kept -> to.onRecord(kept.lsn(), kept.record()));
        subscriptions.values().forEach(all -> all.forEach(kept -> to.onRecord(kept.lsn(), kept.record())));
        backlogs.values().forEach(BacklogChanges::beginTelling);
        Telling telling = new Telling(to);
        before.accept(telling);
        telling.finish();
        jobs.values().forEach(kept -> to.onRecord(kept.lsn(), kept.record()));
        prepared.values().forEach(parts -> parts.forEach(part -> to.onRecord(part.lsn(), part.record())));
    }

    private void tellProducers(Journal.Visitor to) {
        List<Record.ProducersSeen.Mark> marks = producers.seen().marks();
        for (int from = 0; from < marks.size(); from += PRODUCERS_TOGETHER) {
            int end = Math.min(marks.size(), from + PRODUCERS_TOGETHER);
            to.onRecord(0, new Record.ProducersSeen(List.copyOf(marks.subList(from, end))));
        }
    }

    /** Lets the messages of the old snapshot pass, changed as they are now. */
    private final class Telling implements Journal.Visitor {
        private final Journal.Visitor to;
        private @Nullable DestinationName current;
        private @Nullable WaitingBlock block;

        private Telling(Journal.Visitor to) {
            this.to = to;
        }

        @Override
        public void onRecord(long lsn, Record record) {
            if (record instanceof Record.MessagesWaiting waiting) {
                onMessagesWaiting(waiting);
            } else if (record instanceof Record.MessageScheduled scheduled
                    && !jobs.containsKey(scheduled.job())
                    && !endedJobs.contains(scheduled.job())) {
                to.onRecord(lsn, scheduled);
            }
        }

        private void onMessagesWaiting(Record.MessagesWaiting waiting) {
            BacklogChanges changed = backlogs.get(waiting.backlog());
            if (changed == null && !suspected) {
                finishBlock();
                to.onRecord(0, waiting);
            } else {
                backlog(waiting.backlog()).tell(waiting, block(waiting.backlog()));
            }
        }

        private WaitingBlock block(DestinationName name) {
            WaitingBlock known = block;
            if (known != null && name.equals(current)) {
                return known;
            }
            finishBlock();
            WaitingBlock created = new WaitingBlock(name, record -> to.onRecord(0, record));
            current = name;
            block = created;
            return created;
        }

        private void finishBlock() {
            if (block != null) {
                block.finish();
                block = null;
            }
        }

        private void finish() {
            backlogs.forEach((name, changed) -> changed.tellRest(block(name)));
            finishBlock();
        }
    }
}
