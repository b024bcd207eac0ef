package io.ferrymq.selector;

/** {@code operand IS NULL}: never unknown. */
record IsNull(Expression operand) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        return Truth.of(operand.value(candidate) == null);
    }
}
