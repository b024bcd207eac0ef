package io.ferrymq.selector;

/** {@code NOT operand}. */
record Not(Condition operand) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        return operand.test(candidate).not();
    }
}
