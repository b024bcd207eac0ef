package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import java.util.List;

/**
 * Where messages go that cannot be consumed (ActiveMQ's deadLetterStrategy).
 *
 * @param kind which of ActiveMQ's strategies
 * @param queuePrefix of an individual dead letter queue for messages of queues; the shared queue's name for SHARED
 * @param topicPrefix of an individual dead letter queue for messages of topics
 * @param processExpired whether expired messages go there, or vanish
 * @param processNonPersistent whether transient messages go there, or vanish
 * @param expirationMs how long a dead letter lives, milliseconds; 0 for ever
 * @param destinationPerDurableSubscriber whether the individual dead letter queue of a topic is one for each durable subscription
 */
public record DeadLetterPolicy(
        Kind kind,
        String queuePrefix,
        String topicPrefix,
        boolean processExpired,
        boolean processNonPersistent,
        long expirationMs,
        boolean destinationPerDurableSubscriber) {
    /** ActiveMQ's sharedDeadLetterStrategy, individualDeadLetterStrategy and discarding. */
    public enum Kind {
        SHARED,
        INDIVIDUAL,
        DISCARD
    }

    /** ActiveMQ's default: all to {@code ActiveMQ.DLQ}, expired ones too, transient ones not. */
    public static final DeadLetterPolicy SHARED =
            new DeadLetterPolicy(Kind.SHARED, "ActiveMQ.DLQ", "ActiveMQ.DLQ", true, false, 0, false);

    /** ActiveMQ's individualDeadLetterStrategy with its default prefixes. */
    public static final DeadLetterPolicy INDIVIDUAL =
            new DeadLetterPolicy(Kind.INDIVIDUAL, "ActiveMQ.DLQ.Queue.", "ActiveMQ.DLQ.Topic.", true, false, 0, false);

    public static final DeadLetterPolicy DISCARD = new DeadLetterPolicy(Kind.DISCARD, "", "", false, false, 0, false);

    /** Whether messages that expire become dead letters. */
    public boolean takesExpired() {
        return kind != Kind.DISCARD && processExpired;
    }

    /** Whether what dies in this queue would come back to it. */
    public boolean isDeadEnd(DestinationName queue) {
        return kind != Kind.DISCARD && queueFor(queue, queue).equals(queue);
    }

    /**
     * The queue for dead letters from {@code origin}; not for DISCARD.
     *
     * @param backlog where the message waited: the origin itself, or a durable subscription to it
     */
    public DestinationName queueFor(DestinationName origin, DestinationName backlog) {
        if (kind == Kind.SHARED) {
            return DestinationName.queue(queuePrefix);
        }
        DestinationName ofAll =
                DestinationName.queue((origin.isQueue() ? queuePrefix : topicPrefix) + origin.physicalName());
        if (!destinationPerDurableSubscriber || !backlog.isSubscription()) {
            return ofAll;
        }
        DestinationName own = DestinationName.queue(
                ofAll.physicalName() + '.' + backlog.subscriptionClient() + ':' + backlog.subscriptionName());
        boolean nameable = own.members().equals(List.of(own)) && !DestinationPattern.isPattern(own);
        return nameable ? own : ofAll; // clients may have any id, and it is to be found
    }
}
