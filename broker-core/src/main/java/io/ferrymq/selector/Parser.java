package io.ferrymq.selector;

import io.ferrymq.selector.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Builds the tree of a selector, by precedence climbing. All of ActiveMQ Classic's grammar is here but XPath, XQuery and
 * functions; also its surprises: {@code NOT} binds tighter than a comparison, and comparisons can be chained. Used once, by one
 * thread.
 */
final class Parser {
    /** How deep the parser recurses, and how deep the tree is that is evaluated. */
    static final int MAX_DEPTH = 256;

    private static final int NO_OPERATOR = 0;
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int EQUALITY = 3;
    private static final int COMPARISON = 4;
    private static final int SUM = 5;
    private static final int PRODUCT = 6;

    private final List<Token> tokens;
    private final Comparison comparison;
    private int at;
    private int nesting;

    /** Levels of the tree that was built last. */
    private int height;

    private Parser(List<Token> tokens, Comparison comparison) {
        this.tokens = tokens;
        this.comparison = comparison;
    }

    static Condition parse(List<Token> tokens, Comparison comparison) {
        return new Parser(tokens, comparison).selector();
    }

    private Condition selector() {
        int column = peek().column();
        Expression whole = operation(OR);
        expect(Kind.END);
        return condition(whole, column);
    }

    /**
     * Operands and operators that bind at least so tight. After {@code x IS NULL}, or another operator that has no operand on
     * its right, nothing that binds tighter can follow.
     */
    private Expression operation(int tightness) {
        int column = peek().column();
        nest(column);
        Expression left = unary();
        int tightest = PRODUCT;
        int tight = tightness(peek());
        while (tight >= tightness && tight <= tightest) {
            tightest = tight;
            int below = height;
            left = switch (tight) {
                case OR -> new AnyOf(chain(Kind.OR, AND, condition(left, column)));
                case AND -> new AllOf(chain(Kind.AND, EQUALITY, condition(left, column)));
                case EQUALITY -> equality(left, column);
                case COMPARISON -> comparison(left, column);
                default -> arithmetic(left, tight);
            };
            raise(below, column);
            tight = tightness(peek());
        }
        nesting--;
        return left;
    }

    private int tightness(Token token) {
        return switch (token.kind()) {
            case OR -> OR;
            case AND -> AND;
            case EQUAL, UNEQUAL, IS -> EQUALITY;
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL, LIKE, BETWEEN, IN -> COMPARISON;
            case NOT ->
                switch (tokens.get(at + 1).kind()) {
                    case LIKE, BETWEEN, IN -> COMPARISON;
                    default -> NO_OPERATOR;
                };
            case PLUS, MINUS -> SUM;
            case TIMES, DIVIDE, MODULO -> PRODUCT;
            default -> NO_OPERATOR;
        };
    }

    private void nest(int column) {
        if (++nesting > MAX_DEPTH + 1) {
            throw tooDeep(column);
        }
    }

    /** After an operator: the new node stands on the higher of its left side and its right sides. */
    private void raise(int left, int column) {
        height = Math.max(left, height) + 1;
        if (height > MAX_DEPTH + 1) {
            throw tooDeep(column);
        }
    }

    private static MalformedSelectorException tooDeep(int column) {
        return new MalformedSelectorException(
                "more than " + MAX_DEPTH + " operators or parentheses in each other", column);
    }

    private List<Condition> chain(Kind operator, int tightness, Condition first) {
        List<Condition> chain = new ArrayList<>();
        chain.add(first);
        int highest = 0;
        while (accept(operator)) {
            int column = peek().column();
            chain.add(condition(operation(tightness), column));
            highest = Math.max(highest, height);
        }
        height = highest;
        return chain;
    }

    private Condition equality(Expression left, int column) {
        if (accept(Kind.IS)) {
            boolean not = accept(Kind.NOT);
            expect(Kind.NULL);
            return not ? new Not(new IsNull(left)) : new IsNull(left);
        }
        boolean not = next().kind() == Kind.UNEQUAL;
        int rightColumn = peek().column();
        Expression right = operation(COMPARISON);
        Operands.checkEquality(left, column, right, rightColumn);
        Condition equal = new Equality(comparison, left, right);
        return not ? new Not(equal) : equal;
    }

    private Condition comparison(Expression left, int column) {
        boolean not = accept(Kind.NOT);
        Token operator = next();
        return switch (operator.kind()) {
            case LIKE -> negatedIf(not, like(left));
            case IN -> negatedIf(not, in(left, column));
            case BETWEEN -> between(left, column, not);
            case GREATER -> ordering(Relation.GREATER, left, column);
            case GREATER_OR_EQUAL -> ordering(Relation.GREATER_OR_EQUAL, left, column);
            case LESS -> ordering(Relation.LESS, left, column);
            default -> ordering(Relation.LESS_OR_EQUAL, left, column);
        };
    }

    private static Condition negatedIf(boolean not, Condition condition) {
        return not ? new Not(condition) : condition;
    }

    private Condition ordering(Relation relation, Expression left, int column) {
        Operands.checkOrdered(left, column);
        return new Ordering(comparison, relation, left, ordered());
    }

    private Condition between(Expression operand, int column, boolean not) {
        Operands.checkOrdered(operand, column);
        Expression low = ordered();
        int below = height;
        expect(Kind.AND);
        Expression high = ordered();
        height = Math.max(below, height);
        return not ? new Outside(comparison, operand, low, high) : new Between(comparison, operand, low, high);
    }

    private Expression ordered() {
        int column = peek().column();
        Expression operand = operation(SUM);
        Operands.checkOrdered(operand, column);
        return operand;
    }

    private Condition like(Expression left) {
        Token pattern = expect(Kind.STRING);
        String escape = "";
        if (accept(Kind.ESCAPE)) {
            Token token = expect(Kind.STRING);
            escape = (String) token.value();
            if (escape.length() != 1) {
                throw new MalformedSelectorException("ESCAPE needs one character", token.column());
            }
        }
        return new Like(left, LikePattern.of((String) pattern.value(), escape, pattern.column()));
    }

    private Condition in(Expression left, int column) {
        if (!(left instanceof Identifier identifier)) {
            throw new MalformedSelectorException("IN needs an identifier before it", column);
        }
        expect(Kind.OPEN);
        Set<String> values = new HashSet<>();
        do {
            values.add((String) expect(Kind.STRING).value());
        } while (accept(Kind.COMMA));
        expect(Kind.CLOSE);
        return new InList(identifier, Set.copyOf(values));
    }

    private Expression arithmetic(Expression left, int tightness) {
        Arithmetic.Operation operation =
                switch (next().kind()) {
                    case PLUS -> Arithmetic.Operation.PLUS;
                    case MINUS -> Arithmetic.Operation.MINUS;
                    case TIMES -> Arithmetic.Operation.TIMES;
                    case DIVIDE -> Arithmetic.Operation.DIVIDE;
                    default -> Arithmetic.Operation.MODULO;
                };
        return new Arithmetic(operation, left, operation(tightness + 1));
    }

    private Expression unary() {
        Token token = peek();
        return switch (token.kind()) {
            case PLUS, MINUS, NOT -> signed(next());
            case XPATH, XQUERY -> throw unsupported(token.shown(), token);
            default -> primary();
        };
    }

    private Expression signed(Token sign) {
        nest(sign.column());
        int column = peek().column();
        Expression operand = unary();
        nesting--;
        if (sign.kind() == Kind.PLUS) {
            return operand;
        }
        raise(height, sign.column());
        return sign.kind() == Kind.MINUS ? Negation.of(operand) : new Not(condition(operand, column));
    }

    private Expression primary() {
        Token token = next();
        height = 1;
        return switch (token.kind()) {
            case NUMBER, STRING -> new Literal(token.value());
            case TRUE -> new TruthLiteral(Truth.TRUE);
            case FALSE -> new TruthLiteral(Truth.FALSE);
            case NULL -> new TruthLiteral(Truth.UNKNOWN);
            case IDENTIFIER -> identifier(token);
            case OPEN -> {
                Expression inner = operation(OR);
                expect(Kind.CLOSE);
                yield inner;
            }
            default -> throw new MalformedSelectorException("expected a value, found " + token.shown(), token.column());
        };
    }

    private Expression identifier(Token token) {
        if (peek().kind() == Kind.OPEN) {
            throw unsupported("function " + token.shown(), token);
        }
        return new Identifier((String) token.value());
    }

    private static MalformedSelectorException unsupported(String what, Token token) {
        return new MalformedSelectorException(what + " is not supported", token.column());
    }

    private static Condition condition(Expression expression, int column) {
        return Operands.condition(expression, column);
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        Token token = tokens.get(at);
        at += token.kind() == Kind.END ? 0 : 1;
        return token;
    }

    private boolean accept(Kind kind) {
        boolean accepted = peek().kind() == kind;
        at += accepted ? 1 : 0;
        return accepted;
    }

    private Token expect(Kind kind) {
        Token token = next();
        if (token.kind() != kind) {
            throw new MalformedSelectorException(
                    "expected " + kind.text() + ", found " + token.shown(), token.column());
        }
        return token;
    }
}
