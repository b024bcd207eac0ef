package io.ferrymq.selector;

/** A parsed message selector. Immutable, for any thread; two are equal when their texts are. */
public final class Selector {
    /** Longer texts are rejected. */
    public static final int MAX_CHARS = 1 << 16;

    /** Matches every message; its text is empty. */
    public static final Selector ALL = new Selector("", new TruthLiteral(Truth.TRUE), Comparison.STRICT);

    private static final String CONVERT = "convert_string_expressions:";
    private static final String DO_NOT_CONVERT = "no_convert_string_expressions:";

    private final String text;
    private final Condition condition;
    private final Comparison comparison;

    private Selector(String text, Condition condition, Comparison comparison) {
        this.text = text;
        this.condition = condition;
        this.comparison = comparison;
    }

    /** What became of a text. */
    public sealed interface Outcome {
        /** It is a selector. */
        record Accepted(Selector selector) implements Outcome {}

        /**
         * It is none.
         *
         * @param reason for people; shows names from the text and nothing else of it
         * @param column of the first character that is wrong, from 1
         */
        record Rejected(String reason, int column) implements Outcome {}
    }

    /** Never throws; the work is linear in the length of the text. Whoever means "no selector" uses {@link #ALL}. */
    public static Outcome parse(String text) {
        if (text.length() > MAX_CHARS) {
            return new Outcome.Rejected("more than " + MAX_CHARS + " characters", MAX_CHARS + 1);
        }
        Comparison comparison = text.startsWith(CONVERT) ? Comparison.CONVERTING : Comparison.STRICT;
        int from = prefixChars(text);
        try {
            Condition condition = Parser.parse(Lexer.tokens(text, from), comparison);
            return new Outcome.Accepted(new Selector(text, condition, comparison));
        } catch (MalformedSelectorException e) {
            return new Outcome.Rejected(e.reason(), e.column());
        }
    }

    private static int prefixChars(String text) {
        if (text.startsWith(CONVERT)) {
            return CONVERT.length();
        }
        return text.startsWith(DO_NOT_CONVERT) ? DO_NOT_CONVERT.length() : 0;
    }

    /** As it was given. */
    public String text() {
        return text;
    }

    /** Whether it is {@link #ALL}. */
    public boolean isAll() {
        return text.isEmpty();
    }

    /** Never throws: what cannot be compared does not match, nor does a message whose properties are asked for and cannot be read. */
    public boolean matches(Candidate candidate) {
        int before = candidate.misses();
        return condition.test(candidate) == Truth.TRUE && !candidate.isUnreadableSince(before);
    }

    Condition condition() {
        return condition;
    }

    Comparison comparison() {
        return comparison;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Selector that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
