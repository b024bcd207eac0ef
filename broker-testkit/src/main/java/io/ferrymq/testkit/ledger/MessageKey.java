package io.ferrymq.testkit.ledger;

import java.util.Comparator;

/**
 * Names a message by who sent it and as its how-manieth.
 *
 * @param producer unique in the ledger; one producer sends to one destination
 * @param sequence grows with every send of this producer
 */
public record MessageKey(String producer, long sequence) implements Comparable<MessageKey> {
    private static final Comparator<MessageKey> ORDER =
            Comparator.comparing(MessageKey::producer).thenComparingLong(MessageKey::sequence);

    @Override
    public int compareTo(MessageKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return producer + "#" + sequence;
    }
}
