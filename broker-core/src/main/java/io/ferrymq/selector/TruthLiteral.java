package io.ferrymq.selector;

/** {@code TRUE}, {@code FALSE} or {@code NULL} in the text. */
record TruthLiteral(Truth truth) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        return truth;
    }
}
