package io.ferrymq.flow;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import java.util.Optional;

/**
 * What an acknowledgement says of a consumer's dispatched messages: all from {@code first} (empty: from the beginning) to {@code
 * last} in dispatch order, both inclusive; {@code count} is how many the client believes that is.
 *
 * @param destination where the last of them comes from; a consumer may have several
 */
public record AckRange(
        DestinationName destination,
        AckType type,
        Optional<MessageId> first,
        MessageId last,
        int count,
        String cause) {}
