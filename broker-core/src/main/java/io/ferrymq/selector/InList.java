package io.ferrymq.selector;

import java.util.Set;

/** {@code identifier IN ('a', 'b')}: of anything but a string it is unknown, as in ActiveMQ Classic. */
record InList(Identifier identifier, Set<String> values) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        return identifier.value(candidate) instanceof String text ? Truth.of(values.contains(text)) : Truth.UNKNOWN;
    }
}
