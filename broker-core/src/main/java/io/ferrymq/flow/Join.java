package io.ferrymq.flow;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Gathers the receipts of parts that run on several shards into one: refused with the first refusal, if any. Any thread. */
public final class Join implements Receipt {
    private final AtomicInteger open;
    private final AtomicReference<@Nullable Refusal> firstRefusal = new AtomicReference<>();
    private final Receipt whole;

    /** @param parts how many calls of done or refused make the whole, at least one */
    public Join(int parts, Receipt whole) {
        this.open = new AtomicInteger(parts);
        this.whole = whole;
    }

    @Override
    public void done() {
        if (open.decrementAndGet() == 0) {
            finish();
        }
    }

    @Override
    public void refused(Refusal refusal) {
        firstRefusal.compareAndSet(null, refusal);
        done();
    }

    private void finish() {
        Refusal refusal = firstRefusal.get();
        if (refusal == null) {
            whole.done();
        } else {
            whole.refused(refusal);
        }
    }
}
