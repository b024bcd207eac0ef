package io.ferrymq.selector;

/** An identifier where a condition is expected: true only if it is a Boolean and true. */
record Flag(Identifier identifier) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        Object value = identifier.value(candidate);
        return value == null ? Truth.UNKNOWN : Truth.of(Boolean.TRUE.equals(value));
    }
}
