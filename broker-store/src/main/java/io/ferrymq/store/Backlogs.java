package io.ferrymq.store;

import io.ferrymq.message.DestinationName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Which messages are in which queues and durable subscriptions while a log is read. Owned by one thread. */
final class Backlogs {
    private static final class Count {
        private long messages;
        private long bytes;
        /** Of a durable subscription's messages, by sequence; only what is not 0. */
        private final Map<Long, Integer> redeliveries = new HashMap<>(0);
    }

    private final Holders holders = new Holders();
    private final LiveMessages messages = new LiveMessages();
    private final List<Count> counts = new ArrayList<>();
    private long suspectedBefore;

    /** A message is in a queue, at this place of the log from now on. */
    void inQueue(DestinationName queue, long sequence, Entry entry) {
        put(sequence, holders.one(queue), entry);
    }

    /** A message to a topic is in these durable subscriptions, at this place of the log from now on. */
    void inSubscriptions(List<DestinationName> subscriptions, long sequence, Entry entry) {
        put(sequence, holders.several(subscriptions), entry);
    }

    /** What is remembered of a message's record. */
    record Entry(long place, int bytes, long timeMs) {}

    private void put(long sequence, int holder, Entry entry) {
        int known = messages.find(sequence);
        if (known >= 0) {
            for (int id : holders.members(messages.holder(known))) {
                leave(known, id);
            }
        }
        if (holder != Holders.NOBODY) {
            messages.add(sequence, entry.place(), holder, entry.bytes(), entry.timeMs());
            for (int id : holders.members(holder)) {
                count(id).messages++;
                count(id).bytes += entry.bytes();
            }
        }
    }

    private Count count(int id) {
        while (counts.size() <= id) {
            counts.add(new Count());
        }
        return counts.get(id);
    }

    void removed(DestinationName backlog, long[] sequences) {
        int id = holders.one(backlog);
        for (long sequence : sequences) {
            int slot = messages.find(sequence);
            if (slot >= 0 && holders.holds(messages.holder(slot), id)) {
                leave(slot, id);
            }
        }
    }

    private void leave(int slot, int id) {
        Count count = count(id);
        count.messages--;
        count.bytes -= messages.bytes(slot);
        count.redeliveries.remove(messages.sequence(slot));
        int rest = holders.without(messages.holder(slot), id);
        if (rest == Holders.NOBODY) {
            messages.remove(slot);
        } else {
            messages.holder(slot, rest);
        }
    }

    void counted(DestinationName backlog, long[] sequences, int[] redeliveries) {
        int id = holders.one(backlog);
        for (int i = 0; i < sequences.length; i++) {
            int slot = messages.find(sequences[i]);
            if (slot < 0 || !holders.holds(messages.holder(slot), id)) {
                continue;
            }
            if (messages.holder(slot) >= 0) {
                messages.redeliveries(slot, redeliveries[i]);
            } else {
                count(id).redeliveries.put(sequences[i], redeliveries[i]);
            }
        }
    }

    /** The queue or the subscription is gone with all that is in it. */
    void dropAll(DestinationName backlog) {
        int id = holders.one(backlog);
        if (count(id).messages == 0) {
            return;
        }
        long[] in = new long[Math.toIntExact(count(id).messages)];
        int[] found = new int[1];
        messages.forEach(slot -> {
            if (holders.holds(messages.holder(slot), id)) {
                in[found[0]++] = messages.sequence(slot);
            }
        });
        removed(backlog, in);
    }

    /** Those that have messages, the largest first. */
    List<StoreView.BacklogView> views() {
        List<StoreView.BacklogView> views = new ArrayList<>();
        for (int id = 0; id < counts.size(); id++) {
            Count count = counts.get(id);
            if (count.messages > 0) {
                views.add(new StoreView.BacklogView(holders.name(id), count.messages, count.bytes));
            }
        }
        views.sort(Comparator.comparingLong(StoreView.BacklogView::messages)
                .reversed()
                .thenComparing(view -> view.name().qualified()));
        return views;
    }

    LiveMessages messages() {
        return messages;
    }

    /** The queue or the durable subscriptions that a message is in. */
    List<DestinationName> holdersOf(int slot) {
        return Arrays.stream(holders.members(messages.holder(slot)))
                .mapToObj(holders::name)
                .toList();
    }

    int redeliveries(int slot, DestinationName backlog) {
        int counted = messages.holder(slot) >= 0
                ? messages.redeliveries(slot)
                : count(holders.one(backlog)).redeliveries.getOrDefault(messages.sequence(slot), 0);
        return messages.place(slot) < suspectedBefore ? Math.max(1, counted) : counted;
    }

    /** Messages with a record before this place count one delivery at least. */
    void suspectBefore(long place) {
        suspectedBefore = place;
    }

    /** The numbers of what a message is in, for those who count by number. */
    void forEachHolder(int slot, IntConsumer visitor) {
        for (int id : holders.members(messages.holder(slot))) {
            visitor.accept(id);
        }
    }

    DestinationName name(int id) {
        return holders.name(id);
    }
}
