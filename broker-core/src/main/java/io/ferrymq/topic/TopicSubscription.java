package io.ferrymq.topic;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Silence;
import io.ferrymq.flow.Window;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.policy.SlowConsumers;
import io.ferrymq.queue.Filter;
import io.ferrymq.queue.QueueEffects.DeadLetterReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A non-durable subscription, for one or several topics of one shard, which owns it. What finds no credit waits here, counted in the
 * memory budget and bounded by {@link PendingLimit}. Acknowledgements work by count and never fail (OpenWire sessions, topics).
 */
public final class TopicSubscription implements TopicSubscriber {
    private static final long NS_PER_MS = 1_000_000;
    /** In the words of ActiveMQ Classic. */
    private static final String DISCARDED = "java.lang.Throwable: Subscription discard. ID:";

    /** What a subscription tells of itself. */
    public interface Watcher {
        /** A message that waited had to go; {@code discarded} is how many have gone so. */
        void discarded(Message message, ConsumerId consumer, int discarded);

        /** A message is on its way to the consumer; only where the policy wants that told. */
        void dispatched(Message message, ConsumerId consumer);

        /** More messages wait than its window has room for when it is empty. */
        void slow(DestinationName topic, ConsumerId consumer);
    }

    private final ConsumerId id;
    private final DeliverySink sink;
    private final Filter filter;
    private final Window window;
    private final Silence silence;
    private final PendingLimit limit;
    private final Watcher watcher;
    private final WaitingMessages pending;
    private BiConsumer<List<Message>, DeadLetterReason> deadLetters = (messages, reason) -> {};
    private int discarded;
    /** Since when it is slow, nanoseconds; 0 when nothing has waited since. */
    private long slowSinceNs;

    /** @param pending none yet */
    public TopicSubscription(
            ConsumerId id,
            DeliverySink sink,
            Filter filter,
            Window window,
            PendingLimit limit,
            WaitingMessages pending,
            Watcher watcher) {
        this.id = id;
        this.sink = sink;
        this.filter = filter;
        this.window = window;
        this.silence = new Silence(window);
        this.limit = limit;
        this.pending = pending;
        this.watcher = watcher;
    }

    public ConsumerId id() {
        return id;
    }

    @Override
    public Filter filter() {
        return filter;
    }

    /** Who makes dead letters of what expires while it waits here, or has to go; of each message once for all subscriptions. */
    public void deadLettersTo(BiConsumer<List<Message>, DeadLetterReason> action) {
        deadLetters = action;
    }

    @Override
    public void offer(Publication publication) {
        Message message = publication.message();
        if (publication.isLate()) {
            return;
        }
        if (pending.isEmpty() && !sink.isCongested() && window.take()) {
            deliver(publication);
            return;
        }
        DestinationName topic = message.destination();
        noteSlow(topic);
        if (pending.isEmpty()) {
            limit.took();
        }
        pending.add(publication);
        limit.take(message);
        while (limit.isExceeded(topic, pending.size())) {
            evict(topic, pending.evict());
        }
    }

    private void deliver(Publication publication) {
        sink.deliver(new Delivery(id, publication.message(), publication.sequence(), 0));
        if (publication.isDispatchTold()) {
            watcher.dispatched(publication.message(), id);
        }
    }

    /**
     * Those of them whose time is over have not been lost for want of room.
     *
     * @param topic whose limit they have exceeded
     */
    private void evict(DestinationName topic, List<Publication> evicted) {
        List<Message> late = new ArrayList<>(0);
        List<Message> lost = new ArrayList<>(0);
        for (Publication publication : evicted) {
            Message message = publication.message();
            limit.give(message);
            if (limit.isExpired(message)) {
                if (publication.noteExpiry()) {
                    late.add(message);
                }
                continue;
            }
            if (limit.isNone(topic)) {
                continue;
            }
            watcher.discarded(message, id, ++discarded);
            if (limit.isAskedFor(topic) && publication.noteDiscard()) {
                lost.add(message);
            }
        }
        bury(late, DeadLetterReason.LATE);
        if (!lost.isEmpty()) { // else no words are needed, message after message
            bury(lost, new DeadLetterReason(DeadLetterReason.Kind.DISCARDED, DISCARDED + id));
        }
    }

    private void bury(List<Message> dead, DeadLetterReason reason) {
        if (!dead.isEmpty()) {
            deadLetters.accept(dead, reason);
        }
    }

    private void noteSlow(DestinationName topic) {
        if (slowSinceNs == 0 && window.isBehind(pending.size())) {
            slowSinceNs = Math.max(1, limit.nowNs());
            watcher.slow(topic, id);
        }
    }

    /** So much waits for it that its producers should wait too, since it is getting on. */
    boolean isFull(DestinationName topic) {
        return limit.isReached(topic);
    }

    public void acknowledge(AckRange range) {
        window.acknowledged();
        if (!pending.isEmpty()) {
            limit.took();
        }
        if (range.type() == AckType.DELIVERED) {
            window.delivered(range.count());
        } else if (range.type() != AckType.REDELIVERED) {
            window.settled(Math.max(1, range.count()));
        }
        if (!window.shareCredit()) {
            resume();
        }
    }

    /** Asks for one message. Returns which pull it is. */
    public long pull() {
        long pull = window.pull();
        resume();
        return pull;
    }

    public boolean isPullOpen() {
        return window.isPull() && window.hasCredit();
    }

    public boolean endPull(long pull) {
        return window.endPull(pull);
    }

    public void changePrefetch(int prefetch) {
        window.changePrefetch(prefetch);
        if (!window.shareCredit()) {
            resume();
        }
    }

    /** Ends it; what it had not been given yet is gone. */
    public void close() {
        while (!pending.isEmpty()) {
            limit.give(pending.removeFirst().message());
        }
    }

    int pendingCount() {
        return pending.size();
    }

    /** There may be credit, or room on the way to the client. */
    public void resume() {
        if (deliverPending() > 0 && !pending.isEmpty()) {
            limit.took();
        }
        if (pending.isEmpty()) {
            slowSinceNs = 0;
        }
    }

    private int deliverPending() {
        int delivered = 0;
        List<Message> dead = new ArrayList<>(0);
        while (!pending.isEmpty() && !sink.isCongested()) {
            Publication publication = pending.first();
            boolean expired = limit.isExpired(publication.message());
            if (!expired && !window.take()) {
                break;
            }
            pending.removeFirst();
            limit.give(publication.message());
            if (!expired) {
                deliver(publication);
                delivered++;
            } else if (publication.noteExpiry()) {
                dead.add(publication.message());
            }
        }
        bury(dead, DeadLetterReason.LATE);
        return delivered;
    }

    /** Ends it if it has been slow, or silent, for so long (ActiveMQ's abortSlowConsumerStrategy and abortSlowAckConsumerStrategy). */
    public void abortIfSlow(SlowConsumers policy) {
        long nowNs = limit.nowNs();
        if (isSlowFor(policy.abortSlowConsumerMs(), nowNs) || isSilentFor(policy.abortSlowAckConsumerMs(), nowNs)) {
            sink.abort(id);
        }
    }

    private boolean isSlowFor(long ms, long nowNs) {
        boolean slow = ms >= 0 && slowSinceNs != 0 && (nowNs - slowSinceNs) / NS_PER_MS >= ms;
        if (slow) {
            slowSinceNs = nowNs;
        }
        return slow;
    }

    private boolean isSilentFor(long ms, long nowNs) {
        return ms >= 0 && silence.lasts(ms, nowNs);
    }
}
