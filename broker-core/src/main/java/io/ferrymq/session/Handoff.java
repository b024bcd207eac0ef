package io.ferrymq.session;

import io.ferrymq.shard.Command;
import io.ferrymq.shard.Shard;

/** A way to bring something before a shard. */
interface Handoff {
    /** Any thread may, and who sleeps is woken for each. */
    Handoff AT_ONCE = (shard, command) -> shard.inbox().put(command);

    void put(Shard shard, Command command);
}
