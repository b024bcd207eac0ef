package io.ferrymq.shard;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records that durable subscriptions exist by, kept by their homes, each by its own. The newest is appended again at the beginning of each
 * segment; an older one is needed as long as there are messages between it and the next, in any shard: in a replay they must find the
 * subscription there. Owned by the shard.
 */
final class SubscriptionRecords {
    /** Of one subscription. */
    private static final class Chain {
        private final DestinationName subscription;
        /** What the newest says; null when the subscription is about to end. */
        private Record.@Nullable SubscriptionAdded newest;

        private final Deque<JournalEntry> entries = new ArrayDeque<>();

        private Chain(DestinationName subscription) {
            this.subscription = subscription;
        }

        private void add(Record.SubscriptionAdded record, JournalEntry entry) {
            newest = record;
            entries.add(entry);
        }

        /** Whether the second one is in the log up to this LSN. */
        private boolean isFollowed(long lsn) {
            if (entries.size() < 2) {
                return false;
            }
            Iterator<JournalEntry> all = entries.iterator();
            all.next();
            JournalEntry second = all.next();
            return second.firstLsn() > 0 && second.firstLsn() <= lsn;
        }
    }

    private final ShardContext context;
    private final Durables durables;
    private final Map<DestinationName, Chain> byName = new LinkedHashMap<>();
    private @Nullable JournalEntry lastAgain;
    /** It is asking all shards which are needed. */
    private boolean asking;

    SubscriptionRecords(ShardContext context, Durables durables) {
        this.context = context;
        this.durables = durables;
    }

    /** A new subscription, or what one is from now on. */
    void written(Record.SubscriptionAdded record, JournalEntry entry) {
        byName.computeIfAbsent(record.subscription(), Chain::new).add(record, entry);
    }

    /** The end is written: nothing may follow it. */
    void ending(DestinationName subscription) {
        byName.computeIfAbsent(subscription, Chain::new).newest = null;
    }

    /** It has ended. Returns its records. */
    Collection<JournalEntry> gone(DestinationName subscription) {
        Chain chain = byName.remove(subscription);
        return chain == null ? List.of() : chain.entries;
    }

    /** Whether this is its home. */
    boolean has(DestinationName subscription) {
        return byName.containsKey(subscription);
    }

    /** For a snapshot. */
    void tell(Journal.Visitor snapshot) {
        byName.values().forEach(chain -> chain.entries.forEach(entry -> Destinations.tell(entry, snapshot)));
    }

    /** A segment has begun: see Journal.Listener.segmentStarted. */
    void appendAgain() {
        if (lastAgain != null && !context.outlet().isDurable(lastAgain)) {
            return;
        }
        for (Chain chain : byName.values()) {
            Record.SubscriptionAdded newest = chain.newest;
            if (newest != null) {
                lastAgain = context.outlet().append(newest, null);
                chain.add(newest, lastAgain);
            }
        }
        releaseUnneeded(Long.MAX_VALUE);
    }

    /** Those up to this LSN are not needed any more when their messages have gone, or have been written again. */
    void releaseUnneeded(long upTo) {
        long durable = context.outlet().durablePosition();
        List<Chain> asked = byName.values().stream()
                .filter(chain ->
                        chain.isFollowed(durable) && chain.entries.element().lastLsn() <= upTo)
                .toList();
        if (asking || asked.isEmpty()) {
            return;
        }
        asking = true;
        OldestMessages oldest = new OldestMessages(
                asked.stream().map(chain -> chain.subscription).toList());
        // first everything up to now takes effect everywhere: a commit may be on its way from one shard to another
        durables.inAllShards(
                any -> {},
                () -> durables.inAllShards(oldest::lookAt, () -> {
                    asking = false;
                    for (int i = 0; i < asked.size(); i++) {
                        releaseUpTo(asked.get(i), Math.min(durable, oldest.lsn(i)));
                    }
                }));
    }

    /** Likewise at the end of a recovery, when no shard runs: a log may still have what was not needed any more. */
    void releaseUnneeded(List<Durables> allShards) {
        List<Chain> all = List.copyOf(byName.values());
        OldestMessages oldest =
                new OldestMessages(all.stream().map(chain -> chain.subscription).toList());
        allShards.forEach(oldest::lookAt);
        for (int i = 0; i < all.size(); i++) {
            releaseUpTo(all.get(i), oldest.lsn(i));
        }
    }

    /** The first one that is left is the last one up to this LSN. */
    private void releaseUpTo(Chain chain, long lsn) {
        while (byName.get(chain.subscription) == chain && chain.isFollowed(lsn)) {
            context.outlet().release(chain.entries.remove());
        }
    }
}
