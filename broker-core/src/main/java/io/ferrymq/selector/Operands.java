package io.ferrymq.selector;

/** What may stand on the sides of an operator, as far as the text alone tells. */
final class Operands {
    private Operands() {}

    static Condition condition(Expression operand, int column) {
        if (operand instanceof Condition condition) {
            return condition;
        }
        if (operand instanceof Identifier identifier) {
            return new Flag(identifier);
        }
        throw new MalformedSelectorException("expected a condition, found a value", column);
    }

    static void checkOrdered(Expression operand, int column) {
        if (operand instanceof Condition
                || operand instanceof Literal literal && literal.constant() instanceof String) {
            throw new MalformedSelectorException("only numbers have an order", column);
        }
    }

    static void checkEquality(Expression left, int leftColumn, Expression right, int rightColumn) {
        checkNotNull(left, leftColumn);
        checkNotNull(right, rightColumn);
        if (left instanceof TruthLiteral && right instanceof Literal) {
            throw new MalformedSelectorException("a truth value is compared with something else", rightColumn);
        }
    }

    private static void checkNotNull(Expression operand, int column) {
        if (operand instanceof TruthLiteral literal && literal.truth() == Truth.UNKNOWN) {
            throw new MalformedSelectorException("NULL is compared by IS NULL", column);
        }
    }
}
