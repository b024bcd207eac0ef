package io.ferrymq.transport;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that large frames of all connections may take together while they come in. Each claims its whole length before its
 * first byte is kept, so that every frame which was begun can be completed. Without room the claims wait in the order they came;
 * and while somebody waits, whoever holds memory and does not send is cut off.
 *
 * <p>Claims are made and ended by any thread. Those that wait are owned by one event loop, which nobody asks as long as there is
 * room.
 */
public final class PartialFrames {
    private static final Logger LOG = LoggerFactory.getLogger(PartialFrames.class);

    /** How long a frame may take while others wait for its memory: a while, and longer the larger it is. */
    public record Patience(long graceMs, long leastBytesPerMs, long checkMs) {
        public static final Patience DEFAULT = new Patience(5_000, 256, 1_000);

        private long ofNs(int bytes) {
            return TimeUnit.MILLISECONDS.toNanos(graceMs + bytes / leastBytesPerMs);
        }
    }

    /** Whoever receives a frame. Called on the event loop of the waiting claims. */
    public interface Receiver {
        /** The claim that had to wait has its memory. */
        void onGranted();

        /** The claim is in the way of others and its peer sends too slowly. */
        void onTooSlow();

        /** Whether it is the broker itself that does not read. */
        boolean isHeldBack();
    }

    private enum State {
        WAITING,
        GRANTED,
        ENDED
    }

    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final long limitBytes;
    private final Patience patience;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final Set<Claim> granted = ConcurrentHashMap.newKeySet();
    private final Queue<Claim> waiting = new ArrayDeque<>();
    private boolean checking;
    private long shortages;

    public PartialFrames(EventExecutor loop, LongSupplier nanoTime, long limitBytes, Patience patience) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.limitBytes = limitBytes;
        this.patience = patience;
    }

    /** Claims memory for one frame; granted at once or later. To be ended in any case. */
    public Claim claim(int bytes, Receiver receiver) {
        Claim claim = new Claim(bytes, receiver);
        if (waitingCount.get() > 0 || !reserve(claim)) {
            waitingCount.incrementAndGet();
            Tasks.execute(loop, () -> onClaim(claim));
        }
        return claim;
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    /** Claims without memory. */
    public int waitingCount() {
        return waitingCount.get();
    }

    /** One frame above the limit is let in when it is alone: the limit of a frame is another one. */
    private boolean reserve(Claim claim) {
        long used = usedBytes.get();
        while (used == 0 || used + claim.bytes <= limitBytes) {
            if (usedBytes.compareAndSet(used, used + claim.bytes)) {
                grant(claim);
                return true;
            }
            used = usedBytes.get();
        }
        return false;
    }

    private void grant(Claim claim) {
        claim.deadlineNs = nanoTime.getAsLong() + patience.ofNs(claim.bytes);
        granted.add(claim); // before it can be ended
        if (!claim.state.compareAndSet(State.WAITING, State.GRANTED)) {
            granted.remove(claim);
            usedBytes.addAndGet(-claim.bytes);
        }
    }

    private void onClaim(Claim claim) {
        waiting.add(claim);
        serve();
        if (!waiting.isEmpty() && Long.bitCount(++shortages) == 1) {
            LOG.warn(
                    "Large frames wait for memory: used={}, limit={}, waiting={}; raise limits.partialFrameBytes",
                    usedBytes,
                    limitBytes,
                    waiting.size());
        }
        checkLater();
    }

    private void serve() {
        for (Claim head = waiting.peek(); head != null; head = waiting.peek()) {
            boolean ended = head.state.get() == State.ENDED;
            if (!ended && !reserve(head)) {
                return;
            }
            waiting.remove();
            waitingCount.decrementAndGet();
            if (!ended && head.isGranted()) {
                head.receiver.onGranted();
            }
        }
    }

    private void checkLater() {
        if (!checking && !waiting.isEmpty()) {
            checking = true;
            loop.schedule(this::check, patience.checkMs(), TimeUnit.MILLISECONDS);
        }
    }

    private void check() {
        checking = false;
        serve();
        if (waiting.isEmpty()) {
            return;
        }
        long now = nanoTime.getAsLong();
        for (Claim claim : granted) {
            if (claim.receiver.isHeldBack()) {
                claim.deadlineNs += TimeUnit.MILLISECONDS.toNanos(patience.checkMs());
            } else if (now - claim.deadlineNs > 0) {
                claim.receiver.onTooSlow();
            }
        }
        checkLater();
    }

    /** The memory of one frame. Any thread. */
    public final class Claim {
        private final int bytes;
        private final Receiver receiver;
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        /** Written before it is granted, then by the event loop only. */
        private long deadlineNs;

        private Claim(int bytes, Receiver receiver) {
            this.bytes = bytes;
            this.receiver = receiver;
        }

        public boolean isGranted() {
            return state.get() == State.GRANTED;
        }

        /** The frame is complete, or never will be. Idempotent. */
        public void end() {
            if (state.getAndSet(State.ENDED) == State.GRANTED) {
                granted.remove(this);
                usedBytes.addAndGet(-bytes);
            }
            if (waitingCount.get() > 0) {
                Tasks.execute(loop, PartialFrames.this::serve);
            }
        }
    }
}
