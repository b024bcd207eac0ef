package io.ferrymq.queue;

import io.ferrymq.message.Message;
import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.Selector;

/**
 * Which messages a consumer wants. Consumers with equal filters share the work of looking. Immutable.
 *
 * @param deafTo the connection whose messages it does not want (noLocal), or empty
 */
public record Filter(Selector selector, String deafTo) {
    /** Wants everything. */
    public static final Filter ALL = new Filter(Selector.ALL, "");

    public boolean isAll() {
        return selector.isAll() && deafTo.isEmpty();
    }

    /** Whether a message that the selector matches is wanted. */
    public boolean hears(Message message) {
        return deafTo.isEmpty() || !message.id().producer().connection().equals(deafTo);
    }

    public boolean matches(Message message, Candidate candidate) {
        return hears(message) && selector.matches(candidate);
    }
}
