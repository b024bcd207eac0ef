package io.ferrymq.session;

import io.ferrymq.shard.Command;
import io.ferrymq.shard.Shard;
import java.util.ArrayList;
import java.util.List;

/**
 * What one client asks of shards: put before them at once, in order, while who sleeps is woken, or run, once for all that came together.
 * Owned by the client's thread.
 */
final class Requests implements Handoff {
    private final List<Shard> toWake = new ArrayList<>(2);

    /** One of {@link #flush} and {@link #flushHere} must follow soon. */
    @Override
    public void put(Shard shard, Command command) {
        shard.inbox().putQuietly(command);
        if (!toWake.contains(shard)) {
            toWake.add(shard);
        }
    }

    void flush() {
        for (int i = 0; i < toWake.size(); i++) {
            toWake.get(i).inbox().wake();
        }
        toWake.clear();
    }

    /** See {@link Client#flushHere}. */
    void flushHere() {
        int last = toWake.size() - 1;
        for (int i = 0; i < last; i++) {
            toWake.get(i).inbox().wake(); // they work at the same time
        }
        Shard here = last < 0 ? null : toWake.get(last);
        toWake.clear(); // first: what comes of the work may bring more
        if (here != null) {
            here.inbox().workHere();
        }
    }
}
