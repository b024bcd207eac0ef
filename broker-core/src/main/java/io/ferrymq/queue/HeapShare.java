package io.ferrymq.queue;

import io.ferrymq.policy.DestinationPolicy;
import java.util.List;

/** Keeps the bodies of one queue within the share of the heap that it may have now. Owned by the queue's shard. */
final class HeapShare {
    private static final long STEP_BYTES = 64 << 10;

    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final QueueEffects effects;
    private final DestinationPolicy policy;
    /** Below this many bytes it is not worth looking again for bodies that may leave. */
    private long againBytes;

    HeapShare(Backlog backlog, ReadAhead readAhead, QueueEffects effects, DestinationPolicy policy) {
        this.backlog = backlog;
        this.readAhead = readAhead;
        this.effects = effects;
        this.policy = policy;
    }

    private long limitBytes(boolean inUse) {
        long share = effects.heapShare(inUse);
        boolean limited = policy.memoryLimitBytes() >= 0;
        return limited ? Math.min(share, policy.memoryLimitBytes() / 2) : share; // or it would count as full
    }

    /** Bodies of messages that wait go, if they take more than they may. */
    void keepWithin(boolean inUse) {
        if (backlog.bytes() < againBytes || !effects.readsBodies()) {
            return;
        }
        if (effects.isHeapTight()) {
            readAhead.forgetUse();
        }
        long limit = limitBytes(inUse);
        if (backlog.bytes() > limit) {
            effects.bodiesStored(backlog.store(limit - limit / 8, readAhead::isInUse));
            long left = backlog.bytes();
            againBytes = left > limit ? left + left / 8 + STEP_BYTES : 0;
        }
    }

    /** Some time has passed: what nobody takes need not stay, and while the heap is tight, no more than may. */
    void rest(boolean inUse) {
        if (backlog.bytes() == 0 || !effects.readsBodies()) {
            return;
        }
        if (!inUse) {
            readAhead.forgetUse();
            effects.bodiesStored(backlog.store(0, readAhead::isInUse));
            againBytes = 0;
        } else if (effects.isHeapTight()) {
            againBytes = 0;
            keepWithin(true);
        }
    }

    /** Whether a message that goes to a consumer should stay here without its body, which is read again should it come back. */
    boolean isTooMuch(QueueEntry entry) {
        return entry.canBeLight()
                && effects.readsBodies()
                && backlog.bytes() > limitBytes(false)
                && !policy.advisories().advisoryForConsumed(); // which shows the body
    }

    void lighten(QueueEntry entry) {
        effects.bodiesStored(backlog.lighten(entry));
    }

    /** These have been read back, and whoever wanted them has had them. */
    void used(List<QueueEntry> entries) {
        boolean tight = effects.isHeapTight();
        for (QueueEntry entry : entries) {
            boolean held = entry.state == QueueEntry.State.DISPATCHED || entry.state == QueueEntry.State.IN_TRANSACTION;
            if (held && isTooMuch(entry)) {
                lighten(entry);
            } else if (tight) {
                effects.bodiesStored(backlog.store(entry));
            }
        }
    }
}
