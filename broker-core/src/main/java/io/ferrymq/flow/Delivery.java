package io.ferrymq.flow;

import io.ferrymq.message.Message;

/**
 * One message on its way to one consumer. {@code sequence} identifies the message in this broker, grows over all destinations
 * and survives a restart (OpenWire's brokerSequenceId); {@code redeliveries} counts earlier deliveries.
 */
public record Delivery(ConsumerId consumer, Message message, long sequence, int redeliveries) {}
