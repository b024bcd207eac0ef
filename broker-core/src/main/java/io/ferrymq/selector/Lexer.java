package io.ferrymq.selector;

import io.ferrymq.selector.Token.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Cuts the text of a selector into tokens, looking at each character a bounded number of times. Used once, by one thread. */
final class Lexer {
    static final int MAX_TOKENS = 1 << 14;
    static final int MAX_NUMBER_CHARS = 512;

    /** Any decimal number of so few digits fits into a long. */
    private static final int LONG_DIGITS = 18;

    private static final int DECIMAL = 10;
    private static final int OCTAL = 8;
    private static final int HEX = 16;
    private static final int NO_DIGIT = -1;

    private final String text;
    private final int lastLineEnd;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String text, int from) {
        this.text = text;
        this.lastLineEnd = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
        this.at = from;
    }

    /**
     * The last token is {@link Kind#END}.
     *
     * @param from index of the first character that counts
     */
    static List<Token> tokens(String text, int from) {
        return new Lexer(text, from).read();
    }

    private List<Token> read() {
        for (skip(); at < text.length(); skip()) {
            if (tokens.size() == MAX_TOKENS) {
                throw malformed("more than " + MAX_TOKENS + " words and signs");
            }
            next();
        }
        add(Kind.END, at);
        return tokens;
    }

    private void next() {
        int c = text.codePointAt(at);
        if (c == '\'') {
            string();
        } else if (isDigit(c) || c == '.' && isDigit(charAt(at + 1))) {
            number();
        } else if (Character.isJavaIdentifierStart(c)) {
            word();
        } else {
            sign(c);
        }
    }

    /** Blanks and comments. */
    private void skip() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                at++;
            } else if (c == '-' && charAt(at + 1) == '-' && at < lastLineEnd) {
                skipLine();
            } else if (c == '/' && charAt(at + 1) == '*') {
                skipComment();
            } else {
                return;
            }
        }
    }

    /** Only a line that ends is a comment; otherwise these are two minus signs, as in ActiveMQ Classic. */
    private void skipLine() {
        while (text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
    }

    private void skipComment() {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            throw malformed("comment without end");
        }
        at = end + 2;
    }

    private void string() {
        int start = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\'') {
                if (charAt(at) != '\'') {
                    tokens.add(new Token(Kind.STRING, value.toString(), start + 1));
                    return;
                }
                at++;
            }
            value.append(c);
        }
        at = start;
        throw malformed("string without end");
    }

    private void word() {
        int start = at;
        while (at < text.length() && isPart(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        String word = text.substring(start, at);
        Kind keyword = Kind.word(word);
        if (keyword == null) {
            tokens.add(new Token(Kind.IDENTIFIER, word, start + 1));
        } else {
            add(keyword, start);
        }
    }

    /** Invisible characters would make names that look the same. */
    private static boolean isPart(int c) {
        return Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }

    private void number() {
        int start = at;
        int whole = digits(start, DECIMAL);
        int end = exponent(charAt(whole) == '.' ? digits(whole + 1, DECIMAL) : whole);
        Number value;
        if (end > whole) {
            at = end;
            value = Double.valueOf(image(start));
        } else if (charAt(start) != '0') {
            at = whole;
            value = decimal(image(start));
            at += charAt(at) == 'l' || charAt(at) == 'L' ? 1 : 0;
        } else if ((charAt(start + 1) | ' ') == 'x' && digits(start + 2, HEX) > start + 2) {
            at = digits(start + 2, HEX);
            value = bits(start, image(start + 2), HEX);
        } else {
            at = digits(start, OCTAL);
            value = bits(start, image(start), OCTAL);
        }
        tokens.add(new Token(Kind.NUMBER, value, start + 1));
    }

    private String image(int start) {
        if (at - start > MAX_NUMBER_CHARS) {
            at = start;
            throw malformed("number of more than " + MAX_NUMBER_CHARS + " digits");
        }
        return text.substring(start, at);
    }

    private int digits(int from, int radix) {
        int end = from;
        while (end < text.length() && digit(text.charAt(end), radix) != NO_DIGIT) {
            end++;
        }
        return end;
    }

    /** The end of the exponent that begins here, or {@code from} when none does. */
    private int exponent(int from) {
        if ((charAt(from) | ' ') != 'e') {
            return from;
        }
        int start = from + (charAt(from + 1) == '+' || charAt(from + 1) == '-' ? 2 : 1);
        int end = digits(start, DECIMAL);
        return end > start ? end : from;
    }

    private static Number decimal(String digits) {
        Number value = digits.length() <= LONG_DIGITS ? (Number) Long.parseLong(digits) : new BigDecimal(digits);
        if (value instanceof BigDecimal big && big.toBigInteger().bitLength() < Long.SIZE) {
            value = big.longValue();
        }
        return value instanceof Long number ? narrow(number) : value;
    }

    private Number bits(int start, String digits, int radix) {
        try {
            return narrow(Long.parseLong(digits, radix));
        } catch (NumberFormatException e) {
            at = start;
            throw malformed("number of more than 63 bits");
        }
    }

    private static Number narrow(long value) {
        return value == (int) value ? (Number) (int) value : (Number) value;
    }

    private void sign(int c) {
        int start = at++;
        switch (c) {
            case '=' -> add(Kind.EQUAL, start);
            case '(' -> add(Kind.OPEN, start);
            case ',' -> add(Kind.COMMA, start);
            case ')' -> add(Kind.CLOSE, start);
            case '+' -> add(Kind.PLUS, start);
            case '-' -> add(Kind.MINUS, start);
            case '*' -> add(Kind.TIMES, start);
            case '/' -> add(Kind.DIVIDE, start);
            case '%' -> add(Kind.MODULO, start);
            case '>' -> add(follows('=') ? Kind.GREATER_OR_EQUAL : Kind.GREATER, start);
            case '<' -> add(follows('>') ? Kind.UNEQUAL : follows('=') ? Kind.LESS_OR_EQUAL : Kind.LESS, start);
            default -> {
                at = start;
                throw malformed("unexpected character " + shown(c));
            }
        }
    }

    private static String shown(int c) {
        return c > ' ' && c <= '~' ? Character.toString(c) : String.format("U+%04X", c);
    }

    private boolean follows(char c) {
        boolean follows = charAt(at) == c;
        at += follows ? 1 : 0;
        return follows;
    }

    private void add(Kind kind, int start) {
        tokens.add(new Token(kind, kind.text(), start + 1));
    }

    /** NUL behind the end; as no token begins with it, that is not mistaken for anything. */
    private char charAt(int index) {
        return index < text.length() ? text.charAt(index) : 0;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static int digit(char c, int radix) {
        return c <= 'f' ? Character.digit(c, radix) : NO_DIGIT;
    }

    private MalformedSelectorException malformed(String reason) {
        return new MalformedSelectorException(reason, at + 1);
    }
}
