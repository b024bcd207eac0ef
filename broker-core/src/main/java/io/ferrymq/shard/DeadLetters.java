package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.queue.QueueEffects.DeadLetterReason;
import java.util.HashMap;
import java.util.Map;

/** Which messages become dead letters, and what is written on them (OpenWire 10.3). Stateless. */
final class DeadLetters {
    /** In characters. A client words the cause, and a message with it must still fit into a frame. */
    private static final int LONGEST_CAUSE = 1_024;

    private DeadLetters() {}

    /** @param backlog where the message waited */
    static boolean wants(DeadLetterPolicy policy, DestinationName backlog, Message message, DeadLetterReason reason) {
        if (policy.kind() == DeadLetterPolicy.Kind.DISCARD) {
            return false;
        }
        boolean expired = reason.kind() == DeadLetterReason.Kind.EXPIRED;
        if ((expired && !policy.processExpired()) || (!message.persistent() && !policy.processNonPersistent())) {
            return false;
        }
        // what expires in a dead letter queue would come back for ever; poison stays there, since nobody has seen to it
        // yet
        return !expired || !policy.queueFor(message.destination(), backlog).equals(message.destination());
    }

    static Message letter(
            DeadLetterPolicy policy, DestinationName backlog, Message message, DeadLetterReason reason, long nowMs) {
        Map<String, Object> annotations = new HashMap<>(message.annotations());
        annotations.put(Message.FAILURE_CAUSE, cause(message, reason));
        if (policy.expirationMs() == 0) {
            annotations.put("originalExpiration", message.expirationMs()); // 0 too, as ActiveMQ does
        }
        if (!message.persistent()) {
            annotations.put("originalDeliveryMode", "NON_PERSISTENT");
        }
        DestinationName diedIn = message.destination();
        DestinationName queue = policy.queueFor(diedIn, backlog);
        // what is poison in its dead letter queue too keeps saying where it comes from
        DestinationName origin =
                queue.equals(diedIn) ? message.originalDestination().orElse(diedIn) : diedIn;
        return message.toBuilder()
                .destination(queue)
                .originalDestination(origin)
                .persistent(true)
                .expirationMs(policy.expirationMs() > 0 ? nowMs + policy.expirationMs() : 0)
                .annotations(annotations)
                .build();
    }

    private static String cause(Message message, DeadLetterReason reason) {
        if (reason.kind() == DeadLetterReason.Kind.EXPIRED) {
            return "java.lang.Throwable: Message Expired. Expiration:" + message.expirationMs();
        }
        String cause = reason.cause();
        return cause.length() > LONGEST_CAUSE ? cause.substring(0, LONGEST_CAUSE) : cause;
    }
}
