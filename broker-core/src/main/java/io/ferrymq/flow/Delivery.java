package io.ferrymq.flow;

import io.ferrymq.message.Message;

/**
 * One message on its way to one consumer. {@code sequence} identifies the message in this broker, grows over all destinations
 * and survives a restart (OpenWire's brokerSequenceId); {@code redeliveries} counts earlier deliveries.
 *
 * @param kept its queue has the message in the heap, and counts it, until it is acknowledged; else nobody does
 * @param firstOfGroup the consumer has been given the message's group with it (JMSXGroupFirstForConsumer)
 */
public record Delivery(
        ConsumerId consumer, Message message, long sequence, int redeliveries, boolean kept, boolean firstOfGroup) {
    /** Of a message that begins no group. */
    public Delivery(ConsumerId consumer, Message message, long sequence, int redeliveries, boolean kept) {
        this(consumer, message, sequence, redeliveries, kept, false);
    }

    /** Of a topic, which keeps nothing, or of a queue, which does. */
    public Delivery(ConsumerId consumer, Message message, long sequence, int redeliveries) {
        this(consumer, message, sequence, redeliveries, !message.destination().isTopic());
    }
}
