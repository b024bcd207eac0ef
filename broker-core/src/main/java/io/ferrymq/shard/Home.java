package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;

/** Which names belong to a shard. */
record Home(Shard shard, Shard.Owners owners) {
    boolean isOwn(DestinationName name) {
        return owners.ownerOf(name) == shard;
    }
}
