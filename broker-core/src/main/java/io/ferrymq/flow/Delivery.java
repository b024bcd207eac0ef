package io.ferrymq.flow;

import io.ferrymq.message.Message;

/**
 * One message on its way to one consumer. {@code sequence} identifies the message in this broker, grows over all destinations
 * and survives a restart (OpenWire's brokerSequenceId); {@code redeliveries} counts earlier deliveries.
 *
 * @param kept its queue has the message in the heap, and counts it, until it is acknowledged; else nobody does
 */
public record Delivery(ConsumerId consumer, Message message, long sequence, int redeliveries, boolean kept) {
    /** Of a topic, which keeps nothing, or of a queue, which does. */
    public Delivery(ConsumerId consumer, Message message, long sequence, int redeliveries) {
        this(consumer, message, sequence, redeliveries, !message.destination().isTopic());
    }
}
