package io.ferrymq.shard;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEffects;
import io.ferrymq.queue.QueueEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Does what the queues of one shard ask for: writes down, moves to the dead letter queue, gives memory back, tells. */
final class Settlement implements QueueEffects {
    /** A whole queue may expire at once; one journal entry for all of it would be written and recovered in one piece. */
    private static final int MOVED_TOGETHER = 256;

    private final ShardContext context;
    private final Consumer<List<Addition>> adopter;
    private final Set<Queue> toSweep = new LinkedHashSet<>();

    /** @param adopter brings durable additions to the owners of their queues */
    Settlement(ShardContext context, Consumer<List<Addition>> adopter) {
        this.context = context;
        this.adopter = adopter;
    }

    @Override
    public void removed(DestinationName queue, List<QueueEntry> entries) {
        for (QueueEntry entry : entries) {
            boolean last = entry.isLastToLeave();
            context.outlet().remove(queue, entry, last);
            if (last) {
                context.budget().give(entry.message().footprintBytes());
            }
        }
    }

    /** The entries are gone, and a durable record says so already. */
    void forgotten(List<QueueEntry> entries) {
        for (QueueEntry entry : entries) {
            if (entry.isLastToLeave()) {
                if (entry.isJournaled()) {
                    context.outlet().release(entry.lsn());
                }
                context.budget().give(entry.message().footprintBytes());
            }
        }
    }

    @Override
    public void consumed(DestinationName queue, List<QueueEntry> entries) {
        entries.forEach(entry -> context.events()
                .on(new BrokerEvent.MessageConsumed(entry.message().destination(), entry.message())));
        removed(queue, entries);
    }

    @Override
    public void dispatched(DestinationName queue, QueueEntry entry, ConsumerId consumer) {
        context.events()
                .on(new BrokerEvent.MessageDispatched(entry.message().destination(), entry.message(), consumer));
    }

    @Override
    public void slow(DestinationName queue, ConsumerId consumer) {
        context.events().on(new BrokerEvent.SlowConsumer(queue, consumer));
    }

    @Override
    public void sweepLater(Queue queue) {
        toSweep.add(queue);
    }

    /** Lets queues look on for messages that a selector wants; returns how many did. */
    int sweep() {
        if (toSweep.isEmpty()) {
            return 0;
        }
        List<Queue> now = List.copyOf(toSweep);
        toSweep.clear();
        now.forEach(Queue::sweep);
        return now.size();
    }

    @Override
    public void deliveriesCounted(DestinationName queue, List<QueueEntry> entries) {
        List<QueueEntry> journaled =
                entries.stream().filter(QueueEntry::isJournaled).toList();
        if (!journaled.isEmpty()) {
            long[] sequences =
                    journaled.stream().mapToLong(QueueEntry::sequence).toArray();
            int[] counts = journaled.stream().mapToInt(QueueEntry::redeliveries).toArray();
            context.outlet().append(new Record.DeliveriesCounted(queue, sequences, counts), null);
        }
    }

    @Override
    public void deadLettered(DestinationName queue, List<QueueEntry> entries, DeadLetterReason reason) {
        List<QueueEntry> dropped = new ArrayList<>();
        List<QueueEntry> moved = new ArrayList<>();
        for (QueueEntry entry : entries) {
            if (reason.kind() == DeadLetterReason.Kind.EXPIRED) {
                context.events()
                        .on(new BrokerEvent.MessageExpired(entry.message().destination(), entry.message()));
            }
            DeadLetterPolicy policy = policyOf(entry);
            (DeadLetters.wants(policy, entry.message(), reason) ? moved : dropped).add(entry);
        }
        removed(queue, dropped);
        for (int from = 0; from < moved.size(); from += MOVED_TOGETHER) {
            move(queue, moved.subList(from, Math.min(moved.size(), from + MOVED_TOGETHER)), reason);
        }
    }

    private DeadLetterPolicy policyOf(QueueEntry entry) {
        return context.policies().of(entry.message().destination()).deadLetters();
    }

    /** One journal entry: in the dead letter queue and not in the old queue, or neither. */
    private void move(DestinationName queue, List<QueueEntry> entries, DeadLetterReason reason) {
        List<Record> records = new ArrayList<>(entries.size() + 1);
        List<Message> letters = new ArrayList<>(entries.size());
        List<Long> sequences = new ArrayList<>(entries.size());
        for (QueueEntry entry : entries) {
            Message letter = DeadLetters.letter(
                    policyOf(entry), entry.message(), reason, context.clock().epochMs());
            long sequence = context.nextSequence();
            letters.add(letter);
            sequences.add(sequence);
            context.budget().take(letter.footprintBytes());
            records.add(new Record.MessageAdded(sequence, letter));
            context.events()
                    .on(new BrokerEvent.MessageDeadLettered(entry.message().destination(), letter));
        }
        long[] left = entries.stream()
                .filter(QueueEntry::isJournaled)
                .mapToLong(QueueEntry::sequence)
                .toArray();
        if (left.length > 0) {
            records.add(new Record.MessagesRemoved(queue, left));
        }
        context.outlet().appendAndPark(records, firstLsn -> {
            List<Addition> additions = new ArrayList<>(letters.size());
            for (int i = 0; i < letters.size(); i++) {
                additions.add(new Addition(letters.get(i), sequences.get(i), firstLsn + i));
            }
            forgotten(entries);
            adopter.accept(additions);
        });
    }

    /** A durable message that is to appear in its queue. */
    record Addition(Message message, long sequence, long lsn) {}
}
