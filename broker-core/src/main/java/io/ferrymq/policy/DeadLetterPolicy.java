package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;

/**
 * Where messages go that cannot be consumed (ActiveMQ's deadLetterStrategy).
 *
 * @param kind which of ActiveMQ's strategies
 * @param queuePrefix of an individual dead letter queue for messages of queues; the shared queue's name for SHARED
 * @param topicPrefix of an individual dead letter queue for messages of topics
 * @param processExpired whether expired messages go there, or vanish
 * @param processNonPersistent whether transient messages go there, or vanish
 * @param expirationMs how long a dead letter lives, milliseconds; 0 for ever
 */
public record DeadLetterPolicy(
        Kind kind,
        String queuePrefix,
        String topicPrefix,
        boolean processExpired,
        boolean processNonPersistent,
        long expirationMs) {
    /** ActiveMQ's sharedDeadLetterStrategy, individualDeadLetterStrategy and discarding. */
    public enum Kind {
        SHARED,
        INDIVIDUAL,
        DISCARD
    }

    /** ActiveMQ's default: all to {@code ActiveMQ.DLQ}, expired ones too, transient ones not. */
    public static final DeadLetterPolicy SHARED =
            new DeadLetterPolicy(Kind.SHARED, "ActiveMQ.DLQ", "ActiveMQ.DLQ", true, false, 0);

    /** ActiveMQ's individualDeadLetterStrategy with its default prefixes. */
    public static final DeadLetterPolicy INDIVIDUAL =
            new DeadLetterPolicy(Kind.INDIVIDUAL, "ActiveMQ.DLQ.Queue.", "ActiveMQ.DLQ.Topic.", true, false, 0);

    public static final DeadLetterPolicy DISCARD = new DeadLetterPolicy(Kind.DISCARD, "", "", false, false, 0);

    /** The queue for dead letters from {@code origin}; not for DISCARD. */
    public DestinationName queueFor(DestinationName origin) {
        if (kind == Kind.SHARED) {
            return DestinationName.queue(queuePrefix);
        }
        return DestinationName.queue((origin.isQueue() ? queuePrefix : topicPrefix) + origin.physicalName());
    }
}
