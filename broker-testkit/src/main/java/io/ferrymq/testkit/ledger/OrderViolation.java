package io.ferrymq.testkit.ledger;

/**
 * A consumer saw a message for the first time after a later one of the same producer.
 *
 * @param consumer who
 * @param earlier the message that came too late
 * @param later the message that had come before it
 */
public record OrderViolation(String consumer, MessageKey earlier, MessageKey later) {
    @Override
    public String toString() {
        return earlier + " after " + later + " at " + consumer;
    }
}
