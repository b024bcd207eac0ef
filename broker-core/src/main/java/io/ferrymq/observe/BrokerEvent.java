package io.ferrymq.observe;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ProducerId;

/** Something that has happened to a destination, for whoever wants to tell others: advisories, metrics, logs. */
public sealed interface BrokerEvent {
    /** The destination it happened to. */
    DestinationName destination();

    record DestinationAdded(DestinationName destination) implements BrokerEvent {}

    record DestinationRemoved(DestinationName destination) implements BrokerEvent {}

    record MessageExpired(DestinationName destination, Message message) implements BrokerEvent {}

    /** The message, as it was in {@code destination}, has been moved to a dead letter queue. */
    record MessageDeadLettered(DestinationName destination, Message message) implements BrokerEvent {}

    /** A topic's subscriber was too slow for the message; {@code discarded} is how many it has missed. */
    record MessageDiscarded(DestinationName destination, Message message, ConsumerId consumer, int discarded)
            implements BrokerEvent {}

    /** The broker has accepted the message (policy advisoryForDelivery). */
    record MessageDelivered(DestinationName destination, Message message) implements BrokerEvent {}

    /** The message was dispatched to the consumer (policy advisoryForDispatched). */
    record MessageDispatched(DestinationName destination, Message message, ConsumerId consumer)
            implements BrokerEvent {}

    /** A consumer has acknowledged the message (policy advisoryForConsumed). */
    record MessageConsumed(DestinationName destination, Message message) implements BrokerEvent {}

    /** The message came while nobody consumed (policy sendAdvisoryIfNoConsumers). */
    record NoConsumer(DestinationName destination, Message message) implements BrokerEvent {}

    /** The consumer's window is full while messages wait for it (policy advisoryForSlowConsumers). */
    record SlowConsumer(DestinationName destination, ConsumerId consumer) implements BrokerEvent {}

    /** The producer is held back (policy advisoryForFastProducers). */
    record FastProducer(DestinationName destination, ProducerId producer) implements BrokerEvent {}

    /** A limit is reached (policy advisoryWhenFull). */
    record DestinationFull(DestinationName destination, String usageName, long usageCount) implements BrokerEvent {}
}
