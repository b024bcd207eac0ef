package io.ferrymq.shard;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.queue.Absent;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEffects;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.queue.WantedBodies;
import io.ferrymq.topic.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the queues of one shard ask for: writes down, moves to the dead letter queue, gives memory back, tells. */
final class Settlement implements QueueEffects {
    /** A whole queue may expire at once; one journal entry for all of it would be written and recovered in one piece. */
    private static final int MOVED_TOGETHER = 256;

    private static final long NONE = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    private final ShardContext context;
    private final BodyReader bodies;
    private final WaitingReads reads;
    private final Holds holds = new Holds();
    private final Consumer<List<Addition>> adopter;
    private final Function<DestinationName, List<DestinationName>> topics;
    private boolean deliversNoMore;
    /** The record of the message that a topic is giving to its subscriptions now, and how many of them need it no more. */
    private long giving = NONE;

    private int leftEarly;
    /** Messages on their way to the dead letter queue whose bodies are being read. */
    private int reading;

    private final Set<Queue> toSweep = new LinkedHashSet<>();
    private final Quiet quiet;

    /**
     * @param adopter brings durable additions to the owners of their queues
     * @param topics those of this shard that a durable subscription listens to
     */
    Settlement(
            ShardContext context,
            BodyReader bodies,
            Consumer<List<Addition>> adopter,
            Function<DestinationName, List<DestinationName>> topics) {
        this.context = context;
        this.quiet = new Quiet(context.clock());
        this.bodies = bodies;
        this.reads = new WaitingReads(bodies, context.budget());
        this.adopter = adopter;
        this.topics = topics;
    }

    @Override
    public void removed(DestinationName queue, List<QueueEntry> entries) {
        for (QueueEntry entry : entries) {
            if (entry.isJournaled()) {
                context.outlet().remove(queue, entry.sequence(), entry.lsn(), isLastToNeed(queue, entry.lsn()));
            }
            letGo(entry);
        }
    }

    /** A queue has only one place for a message; of subscriptions several may need its record. */
    private boolean isLastToNeed(DestinationName backlog, long lsn) {
        if (lsn == giving) {
            leftEarly++;
            return false;
        }
        return !backlog.isSubscription() || holds.leave(lsn);
    }

    /** The entry holds its message no longer. */
    void letGo(QueueEntry entry) {
        if (entry.isLastToHold()) {
            context.budget().give(entry.heapBytes());
        }
    }

    /** The entries are gone, and a durable record says so already. */
    void forgotten(DestinationName backlog, List<QueueEntry> entries) {
        for (QueueEntry entry : entries) {
            if (entry.isJournaled()) {
                forgotten(backlog, entry.lsn());
            }
            letGo(entry);
        }
    }

    /** Likewise one whose body was in the journal only. */
    void forgotten(DestinationName backlog, long lsn) {
        if (isLastToNeed(backlog, lsn)) {
            context.outlet().release(lsn);
        }
    }

    /** Its topic gives a message to those who want it: how many keep it is known when it is {@link #given}. */
    void giving(Publication publication) {
        giving = publication.lsn();
        leftEarly = 0;
    }

    /** All who wanted a message of a topic have it; some may have let it go again, as one that has expired. */
    void given(Publication publication) {
        giving = NONE;
        if (publication.lsn() > 0) {
            hold(publication.lsn(), publication.kept() - leftEarly);
        }
        letGo(publication.own());
    }

    /** A snapshot tells of one more backlog that needs these records. {@link #holdersKnown} follows. */
    void another(long[] lsns) {
        for (long lsn : lsns) {
            holds.another(lsn);
        }
    }

    void holdersKnown() {
        holds.settle();
    }

    /** So many need the record; without any it is released. */
    void hold(long lsn, int holders) {
        holds.keep(lsn, holders);
        if (holders == 0) {
            context.outlet().release(lsn);
        }
    }

    /** The message of an older record has a new one, in so many backlogs; for those that have left meanwhile it is not needed. */
    void moved(DestinationName backlog, long oldLsn, long newLsn, int holders) {
        hold(newLsn, holders);
        for (int i = 0; i < holders; i++) {
            forgotten(backlog, oldLsn);
        }
    }

    /** From now on queues give nobody anything. */
    void deliverNoMore() {
        deliversNoMore = true;
    }

    @Override
    public boolean deliversNoMore() {
        return deliversNoMore;
    }

    @Override
    public boolean isSpaceLow() {
        return context.outlet().isSpaceLow();
    }

    @Override
    public boolean readsBodies() {
        return bodies.canRead();
    }

    @Override
    public long heapShare(boolean inUse) {
        return context.budget().waitingShare(inUse);
    }

    @Override
    public void bodiesStored(long bytes) {
        context.budget().give(bytes);
    }

    @Override
    public boolean isHeapTight() {
        return context.budget().isTight();
    }

    @Override
    public void readBodies(WantedBodies wanted) {
        reads.add(wanted);
    }

    /** Begins to read what there is memory for now; returns how many reads. */
    int read() {
        return reads.begin();
    }

    /** Whether reads wait for memory. */
    boolean isReadWaiting() {
        return !reads.isEmpty();
    }

    @Override
    public void bodiesBack(long bytes) {
        context.budget().take(bytes);
    }

    @Override
    public void lost(DestinationName queue, List<Absent> messages) {
        for (Absent message : messages) {
            lost(queue, message.sequence(), message.lsn());
        }
    }

    private void lost(DestinationName queue, long sequence, long lsn) {
        LOG.error(
                "a damaged message cannot be delivered and is taken out of its queue: queue={}, sequence={}, lsn={}",
                queue,
                sequence,
                lsn);
        context.outlet().remove(queue, sequence, lsn, isLastToNeed(queue, lsn));
    }

    @Override
    public void consumed(DestinationName queue, List<QueueEntry> entries) {
        entries.forEach(this::tellConsumed);
        removed(queue, entries);
    }

    /** The same in a transaction, which has written it down. */
    void consumed(Queue queue, List<QueueEntry> entries) {
        if (queue.tellsConsumed()) {
            entries.forEach(this::tellConsumed);
        }
    }

    private void tellConsumed(QueueEntry entry) {
        context.events().on(new BrokerEvent.MessageConsumed(entry.message().destination(), entry.message()));
    }

    @Override
    public void dispatched(DestinationName queue, QueueEntry entry, ConsumerId consumer) {
        context.events()
                .on(new BrokerEvent.MessageDispatched(entry.message().destination(), entry.message(), consumer));
    }

    @Override
    public void slow(DestinationName queue, ConsumerId consumer) {
        List<DestinationName> concerned = queue.isSubscription() ? topics.apply(queue) : List.of(queue);
        for (DestinationName destination : concerned) {
            // a queue also watches for consumers that it is to end, and says nothing of them
            if (context.policies().of(destination).advisories().advisoryForSlowConsumers()) {
                context.events().on(new BrokerEvent.SlowConsumer(destination, consumer));
            }
        }
    }

    @Override
    public void later(long delayMs, Runnable action) {
        context.timers().schedule(delayMs, action);
    }

    @Override
    public void sweepLater(Queue queue) {
        toSweep.add(queue);
    }

    /** Lets queues look on for messages that a selector wants; returns how many did. */
    int sweep() {
        if (toSweep.isEmpty()) {
            return 0;
        }
        List<Queue> now = List.copyOf(toSweep);
        toSweep.clear();
        now.forEach(Queue::sweep);
        return now.size();
    }

    @Override
    public void deliveriesCounted(DestinationName queue, List<QueueEntry> entries) {
        List<QueueEntry> journaled =
                entries.stream().filter(QueueEntry::isJournaled).toList();
        if (!journaled.isEmpty()) {
            long[] sequences =
                    journaled.stream().mapToLong(QueueEntry::sequence).toArray();
            int[] counts = journaled.stream().mapToInt(QueueEntry::redeliveries).toArray();
            context.outlet().append(new Record.DeliveriesCounted(queue, sequences, counts), null);
        }
    }

    @Override
    public void deadLettered(DestinationName queue, List<QueueEntry> entries, DeadLetterReason reason) {
        List<QueueEntry> whole = new ArrayList<>(entries.size());
        Deque<QueueEntry> light = new ArrayDeque<>(0);
        for (QueueEntry entry : entries) {
            if (!entry.isLight()) {
                whole.add(entry);
            } else if (entry.isJournaled()) {
                light.add(entry);
            } else {
                letGo(entry); // its record was found damaged while a consumer had it: written down and told then
            }
        }
        deadLetter(queue, whole, reason);
        if (!light.isEmpty()) {
            deadLetterNext(queue, light, reason);
        }
    }

    /** Messages of a topic that nobody holds any more, so they are in no journal and no budget. */
    void deadLetteredOnTopic(DestinationName topic, List<Message> messages, DeadLetterReason reason) {
        List<QueueEntry> unkept = messages.stream()
                .map(message -> new QueueEntry(message, 0, 0, 0))
                .toList();
        unkept.forEach(entry -> context.budget().take(entry.heapBytes()));
        deadLetter(topic, unkept, reason);
    }

    /** Those whose bodies have to be read first: one after the other, since a consumer may have had any number. */
    private void deadLetterNext(DestinationName queue, Deque<QueueEntry> light, DeadLetterReason reason) {
        QueueEntry next = light.remove();
        reading++;
        bodies.read(new long[] {next.lsn()}, messages -> {
            reading--;
            Message message = messages[0];
            if (message == null) {
                lost(queue, next.sequence(), next.lsn());
                letGo(next);
            } else {
                context.budget().take(next.fill(message));
                deadLetter(queue, List.of(next), reason);
            }
            if (!light.isEmpty()) {
                deadLetterNext(queue, light, reason);
            }
        });
    }

    /** Nothing has left a queue that has not yet arrived elsewhere, as far as the journal does not know. */
    boolean isIdle() {
        return reading == 0;
    }

    private void deadLetter(DestinationName queue, List<QueueEntry> entries, DeadLetterReason reason) {
        List<QueueEntry> dropped = new ArrayList<>();
        List<QueueEntry> moved = new ArrayList<>();
        for (QueueEntry entry : entries) {
            DeadLetterPolicy policy = policyOf(entry);
            boolean wanted = DeadLetters.wants(policy, queue, entry.message(), reason);
            (wanted && !isLostForSpace(queue, reason) ? moved : dropped).add(entry);
        }
        removed(queue, dropped);
        for (int from = 0; from < moved.size(); from += MOVED_TOGETHER) {
            move(queue, moved.subList(from, Math.min(moved.size(), from + MOVED_TOGETHER)), reason);
        }
        if (reason.kind() == DeadLetterReason.Kind.EXPIRED) { // told behind the dead letter, as ActiveMQ does
            entries.forEach(entry -> context.events()
                    .on(new BrokerEvent.MessageExpired(entry.message().destination(), entry.message())));
        }
    }

    /**
     * What is left of a full disk is for what makes room, as acknowledgements do. One message of a topic may be a dead letter from each of its
     * subscribers, so there what they lose or let expire is lost.
     */
    private boolean isLostForSpace(DestinationName backlog, DeadLetterReason reason) {
        boolean lost = !backlog.isQueue()
                && reason.kind() != DeadLetterReason.Kind.POISON
                && context.outlet().isSpaceLow();
        if (lost && quiet.mayTell()) {
            LOG.warn(
                    "the disk is nearly full, so what subscribers of topics lose or let expire is in no dead letter queue: {}"
                            + " and perhaps others; make space in the file system of the data directory",
                    backlog);
        }
        return lost;
    }

    private DeadLetterPolicy policyOf(QueueEntry entry) {
        return context.policies().of(entry.message().destination()).deadLetters();
    }

    /** One journal entry: in the dead letter queue and not in the old queue, or neither. */
    private void move(DestinationName queue, List<QueueEntry> entries, DeadLetterReason reason) {
        List<Record> records = new ArrayList<>(entries.size() + 1);
        List<Message> letters = new ArrayList<>(entries.size());
        List<Long> sequences = new ArrayList<>(entries.size());
        for (QueueEntry entry : entries) {
            Message letter = DeadLetters.letter(
                    policyOf(entry),
                    queue,
                    entry.message(),
                    reason,
                    context.clock().epochMs());
            long sequence = context.nextSequence();
            letters.add(letter);
            sequences.add(sequence);
            context.budget().take(letter.footprintBytes());
            records.add(new Record.MessageAdded(sequence, letter));
            if (!letter.destination().equals(entry.message().destination())) { // else it only stays
                context.events()
                        .on(new BrokerEvent.MessageDeadLettered(entry.message().destination(), entry.message()));
            }
        }
        long[] left = entries.stream()
                .filter(QueueEntry::isJournaled)
                .mapToLong(QueueEntry::sequence)
                .toArray();
        if (left.length > 0) {
            records.add(new Record.MessagesRemoved(queue, left));
        }
        context.outlet().appendAndPark(records, firstLsn -> {
            List<Addition> additions = new ArrayList<>(letters.size());
            for (int i = 0; i < letters.size(); i++) {
                additions.add(new Addition(letters.get(i), sequences.get(i), firstLsn + i));
            }
            forgotten(queue, entries);
            adopter.accept(additions);
        });
    }

    /** A durable message that is to appear in its queue. */
    record Addition(Message message, long sequence, long lsn) {}
}
