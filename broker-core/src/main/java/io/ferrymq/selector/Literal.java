package io.ferrymq.selector;

/** A number or a string that stands in the text. */
record Literal(Object constant) implements Expression {
    @Override
    public Object value(Candidate candidate) {
        return constant;
    }
}
