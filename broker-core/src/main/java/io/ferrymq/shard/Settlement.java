package io.ferrymq.shard;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.queue.QueueEffects;
import io.ferrymq.queue.QueueEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Does what the queues of one shard ask for: writes down, moves to the dead letter queue, gives memory back. */
final class Settlement implements QueueEffects {
    /** Where ActiveMQ Classic's shared dead letter strategy puts messages. */
    static final DestinationName DEAD_LETTER_QUEUE = DestinationName.queue("ActiveMQ.DLQ");

    /** A whole queue may expire at once; one journal entry for all of it would be written and recovered in one piece. */
    private static final int MOVED_TOGETHER = 256;
    /** In characters. A client words the cause, and a message with it must still fit into a frame. */
    private static final int LONGEST_CAUSE = 1_024;

    private final ShardContext context;
    private final Consumer<List<Addition>> adopter;

    /** @param adopter brings durable additions to the owners of their queues */
    Settlement(ShardContext context, Consumer<List<Addition>> adopter) {
        this.context = context;
        this.adopter = adopter;
    }

    @Override
    public void removed(DestinationName queue, List<QueueEntry> entries) {
        context.outlet().remove(queue, entries);
        giveMemory(entries);
    }

    void giveMemory(List<QueueEntry> entries) {
        for (QueueEntry entry : entries) {
            context.budget().give(entry.message().footprintBytes());
        }
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
            (entry.message().persistent() ? moved : dropped).add(entry);
        }
        removed(queue, dropped);
        for (int from = 0; from < moved.size(); from += MOVED_TOGETHER) {
            move(queue, moved.subList(from, Math.min(moved.size(), from + MOVED_TOGETHER)), reason);
        }
    }

    /** One journal entry: in the dead letter queue and not in the old queue, or neither. */
    private void move(DestinationName queue, List<QueueEntry> entries, DeadLetterReason reason) {
        List<Record> records = new ArrayList<>(entries.size() + 1);
        List<Message> letters = new ArrayList<>(entries.size());
        List<Long> sequences = new ArrayList<>(entries.size());
        for (QueueEntry entry : entries) {
            Message letter = deadLetter(entry.message(), reason);
            long sequence = context.nextSequence();
            letters.add(letter);
            sequences.add(sequence);
            context.budget().take(letter.footprintBytes());
            records.add(new Record.MessageAdded(sequence, letter));
        }
        List<QueueEntry> journaled =
                entries.stream().filter(QueueEntry::isJournaled).toList();
        records.add(new Record.MessagesRemoved(
                queue, journaled.stream().mapToLong(QueueEntry::sequence).toArray()));
        context.outlet().appendAndPark(records, firstLsn -> {
            List<Addition> additions = new ArrayList<>(letters.size());
            for (int i = 0; i < letters.size(); i++) {
                additions.add(new Addition(letters.get(i), sequences.get(i), firstLsn + i));
            }
            context.outlet()
                    .release(journaled.stream().mapToLong(QueueEntry::lsn).toArray());
            giveMemory(entries);
            adopter.accept(additions);
        });
    }

    private static Message deadLetter(Message message, DeadLetterReason reason) {
        Map<String, Object> annotations = new HashMap<>(message.annotations());
        if (reason.kind() == DeadLetterReason.Kind.EXPIRED) {
            annotations.put("originalExpiration", message.expirationMs());
            annotations.put(
                    "dlqDeliveryFailureCause",
                    "java.lang.Throwable: Message Expired. Expiration:" + message.expirationMs());
        } else {
            String cause = reason.cause();
            annotations.put(
                    "dlqDeliveryFailureCause",
                    cause.length() > LONGEST_CAUSE ? cause.substring(0, LONGEST_CAUSE) : cause);
        }
        return message.toBuilder()
                .destination(DEAD_LETTER_QUEUE)
                .originalDestination(message.originalDestination().orElse(message.destination()))
                .expirationMs(0)
                .annotations(annotations)
                .build();
    }

    /** A durable message that is to appear in its queue. */
    record Addition(Message message, long sequence, long lsn) {}
}
