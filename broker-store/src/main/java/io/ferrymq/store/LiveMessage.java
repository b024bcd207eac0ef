package io.ferrymq.store;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import java.util.Map;

/**
 * A message that somebody has still to consume.
 *
 * @param redeliveries how often it has been delivered without being acknowledged, by the queue or the durable subscriptions that
 *     it is in
 */
public record LiveMessage(long sequence, Message message, Map<DestinationName, Integer> redeliveries) {}
