package io.ferrymq.topic;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.message.DestinationName;
import io.ferrymq.queue.Filter;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueConsumer;
import io.ferrymq.queue.QueueEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A durable subscription, or the part of it that concerns the topics of one shard, which owns it: a backlog of its own, from which at most
 * one consumer takes. What it keeps follows from records alone.
 */
public final class DurableSubscription implements TopicSubscriber {
    /** Its record is not durable yet: nobody knows what comes after it. */
    private static final long UNBORN = Long.MAX_VALUE;

    /** Somebody has used it since it was last asked how long nobody has. */
    private static final long JUST_USED = Long.MIN_VALUE;

    private final DestinationName topics;
    private final Queue backlog;
    /** What came while it was unborn. */
    private final List<QueueEntry> undecided = new ArrayList<>();

    private long since = UNBORN;
    private Filter filter;
    private @Nullable QueueConsumer consumer;
    private long unusedSinceMs = JUST_USED;

    /**
     * @param topics as the client named them: may be a composite or a pattern
     * @param backlog a queue whose name is that of the subscription
     */
    public DurableSubscription(DestinationName topics, Filter filter, Queue backlog) {
        this.topics = topics;
        this.filter = filter;
        this.backlog = backlog;
    }

    public DestinationName name() {
        return backlog.name();
    }

    public DestinationName topics() {
        return topics;
    }

    public Queue backlog() {
        return backlog;
    }

    @Override
    public Filter filter() {
        return filter;
    }

    /** The same subscription, though not for messages of another connection any more (noLocal). */
    public void changeFilter(Filter value) {
        filter = value;
    }

    /**
     * By their place in the log, as in a replay: a commit may come from another shard long after its record. A persistent message without
     * a record was sent when nobody kept it.
     */
    @Override
    public void offer(Publication publication) {
        boolean hasRecord = publication.lsn() > 0;
        if (since == UNBORN && hasRecord) {
            undecided.add(publication.keep());
        } else if (since != UNBORN
                && (hasRecord
                        ? publication.lsn() > since
                        : !publication.message().persistent())) {
            backlog.add(publication.keep());
        }
    }

    public boolean isBorn() {
        return since != UNBORN;
    }

    /** Messages of the past are for one that is not born yet; lost with the broker, since no record says that they are there. */
    public void recall(List<Publication> past, long birth) {
        for (Publication publication : past) {
            boolean comesAnyway = undecided.stream()
                    .anyMatch(entry -> entry.sequence() == publication.sequence() && entry.lsn() > birth);
            if (!comesAnyway) {
                backlog.add(publication.keep());
            }
        }
    }

    /** It exists from this record on. Returns what it has kept for nothing. */
    public List<QueueEntry> begin(long lsn) {
        since = lsn;
        List<QueueEntry> kept = abandon();
        kept.stream().filter(entry -> entry.lsn() > lsn).forEach(backlog::add);
        return kept.stream().filter(entry -> entry.lsn() <= lsn).toList();
    }

    /** It will not be. Returns what it has kept for nothing. */
    public List<QueueEntry> abandon() {
        List<QueueEntry> kept = List.copyOf(undecided);
        undecided.clear();
        return kept;
    }

    /** Found at recovery; false when it keeps the place of the message, but not its body. */
    public boolean restore(Publication publication) {
        QueueEntry entry = publication.keep();
        boolean held = backlog.restoration().add(entry);
        if (!held) {
            entry.isLastToHold();
        }
        return held;
    }

    public boolean isActive() {
        return consumer != null;
    }

    /** Whether nobody has taken from it for so long, as far as those can tell who ask this from time to time. */
    public boolean isUnusedFor(long ms, long nowMs) {
        if (consumer != null || unusedSinceMs == JUST_USED) {
            unusedSinceMs = nowMs;
        }
        return consumer == null && nowMs - unusedSinceMs >= ms;
    }

    /** Who takes from it now. */
    public Optional<ConsumerId> consumer() {
        return Optional.ofNullable(consumer).map(QueueConsumer::id);
    }

    /** Not beside another one, unless that has the same id: then its client came back before the loss was noticed. */
    public boolean hasPlaceFor(QueueConsumer value) {
        return consumer == null || consumer.id().equals(value.id());
    }

    /** Keeps the place for a consumer that is on its way; ends the one that it replaces. */
    public void reserve(QueueConsumer value) {
        if (consumer != null) {
            deactivate(consumer, LastDelivered.UNKNOWN);
        }
        consumer = value;
        unusedSinceMs = JUST_USED;
    }

    public boolean isReservedFor(QueueConsumer value) {
        return consumer == value;
    }

    public void activate(QueueConsumer value) {
        consumer = value;
        backlog.subscribe(value);
    }

    public void deactivate(QueueConsumer value, long lastDelivered) {
        if (consumer == value) {
            consumer = null;
            backlog.unsubscribe(value, lastDelivered);
        }
    }
}
