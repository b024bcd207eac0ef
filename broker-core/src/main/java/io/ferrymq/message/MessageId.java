package io.ferrymq.message;

/**
 * Identity of a message as its producer gave it; {@code sequence} grows by one per message of a producer and is never used
 * again, which makes it the base of duplicate detection. {@code foreignId} is the original id of a message that came from
 * another protocol (OpenWire's textView), or empty.
 */
public record MessageId(ProducerId producer, long sequence, String foreignId) {
    public MessageId(ProducerId producer, long sequence) {
        this(producer, sequence, "");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MessageId that && sequence == that.sequence && producer.equals(that.producer);
    }

    @Override
    public int hashCode() {
        return 31 * producer.hashCode() + Long.hashCode(sequence);
    }

    @Override
    public String toString() {
        return producer + ":" + sequence;
    }
}
