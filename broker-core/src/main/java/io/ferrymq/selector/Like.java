package io.ferrymq.selector;

/** {@code operand LIKE 'pattern'}: false of what is no string. */
record Like(Expression operand, LikePattern pattern) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        Object value = operand.value(candidate);
        if (value == null) {
            return Truth.UNKNOWN;
        }
        return Truth.of(value instanceof String text && pattern.matches(text));
    }
}
