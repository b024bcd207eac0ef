package io.ferrymq.server.lines;

import io.ferrymq.journal.Record;
import io.ferrymq.store.LiveMessage;

/** What a line says. */
public sealed interface Line {
    /** A durable subscription exists. */
    record OfSubscription(Record.SubscriptionAdded added) implements Line {}

    /** A message waits in a queue or in durable subscriptions. */
    record OfMessage(LiveMessage live) implements Line {}

    /** A message waits for its time. */
    record OfScheduled(Record.MessageScheduled scheduled) implements Line {}
}
