package io.ferrymq.session;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import io.ferrymq.transaction.TransactionId;
import java.util.Optional;

/**
 * A consumer's word about messages dispatched to it (OpenWire MessageAck). The range is positional: what was dispatched to the
 * consumer, in that order, from {@code first} (empty: from the beginning) to {@code last}, both inclusive.
 *
 * @param destination the destination of the messages, a member where the consumer's is composite
 * @param count how many messages the client says the range holds
 * @param cause why a poison message is poison, or empty
 */
public record Acknowledgement(
        AckType type,
        ConsumerId consumer,
        DestinationName destination,
        Optional<MessageId> first,
        MessageId last,
        int count,
        TransactionId transaction,
        String cause) {}
