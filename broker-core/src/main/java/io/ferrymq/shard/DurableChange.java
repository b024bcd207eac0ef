package io.ferrymq.shard;

import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Record;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One change of a durable subscription in all shards that have a part of it: it is made, taken up again, or ended. Each part agrees or
 * refuses. When all have agreed, the home of the subscription writes one record, and when that is durable every part goes by its LSN: so a
 * subscription comes and goes at one place of the log, and a replay gives it what it had. Any thread.
 */
public final class DurableChange {
    /** What a shard does about it when it is known how it ends. */
    interface Part {
        /** @param lsn where its record is in the log; 0 when there was nothing to write */
        void done(long lsn);

        /** Another part has refused, or this one. */
        void refused(Refusal refusal);
    }

    private record Voter(Shard shard, Part part) {}

    private final Record record;
    private final Shard home;
    private final long unusedMs;
    private final AtomicInteger open;
    private final Queue<Voter> voters = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean written = new AtomicBoolean();
    private final AtomicReference<@Nullable Refusal> firstRefusal = new AtomicReference<>();

    /** @param parts how many shards have a part of the subscription, its home among them */
    private DurableChange(Record record, Shard home, int parts, long unusedMs) {
        this.record = record;
        this.home = home;
        this.unusedMs = unusedMs;
        this.open = new AtomicInteger(parts);
    }

    /** A consumer comes to it; it is made unless it is there. */
    public static DurableChange activation(DurableSpec spec, Shards shards) {
        return of(spec.record(), spec, shards, 0);
    }

    /** It ends, if nobody has taken from it for so long. */
    public static DurableChange removal(DurableSpec spec, long unusedMs, Shards shards) {
        return of(new Record.SubscriptionRemoved(spec.name()), spec, shards, unusedMs);
    }

    private static DurableChange of(Record record, DurableSpec spec, Shards shards, long unusedMs) {
        return new DurableChange(
                record, shards.ownerOf(spec.home()), shards.concernedBy(spec).size(), unusedMs);
    }

    Record record() {
        return record;
    }

    /** For a removal: how long nobody must have taken from any part. */
    long unusedMs() {
        return unusedMs;
    }

    /** Whether any part says that there is something to write. */
    boolean isWritten() {
        return written.get();
    }

    /** @param writes whether it is anything new to this part */
    void agree(Durables voter, boolean writes, Part part) {
        if (writes) {
            written.set(true);
        }
        vote(voter, part);
    }

    void refuse(Durables voter, Refusal refusal, Part part) {
        firstRefusal.compareAndSet(null, refusal);
        vote(voter, part);
    }

    private void vote(Durables voter, Part part) {
        voters.add(new Voter(voter.shard(), part));
        if (open.decrementAndGet() > 0) {
            return;
        }
        Refusal refusal = firstRefusal.get();
        if (refusal == null) {
            voter.run(home, durables -> durables.write(this));
        } else {
            voters.forEach(one -> voter.run(one.shard, any -> one.part.refused(refusal)));
        }
    }

    /** Its record is durable, or there is none. */
    void tell(Durables teller, long lsn) {
        voters.forEach(one -> teller.run(one.shard, any -> one.part.done(lsn)));
    }
}
