package io.ferrymq.client.vm;

import io.ferrymq.transport.Pipe;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection to a broker. Any thread. */
final class Lease {
    private final Pipe pipe;
    private final Runnable whenReturned;
    private final AtomicBoolean returned = new AtomicBoolean();

    Lease(Pipe pipe, Runnable whenReturned) {
        this.pipe = pipe;
        this.whenReturned = whenReturned;
    }

    Pipe pipe() {
        return pipe;
    }

    /** Closes the connection, and then a broker that nobody needs any more; waits for that. Idempotent. */
    void giveBack() {
        pipe.close();
        if (returned.compareAndSet(false, true)) {
            whenReturned.run();
        }
    }
}
