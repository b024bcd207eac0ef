package io.ferrymq.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Selectors of random shape: mostly sensible ones, some only formally right, and broken ones. */
final class RandomSelectors {
    private static final List<String> HEADERS = List.of(
            "JMSDestination",
            "JMSReplyTo",
            "JMSType",
            "JMSDeliveryMode",
            "JMSPriority",
            "JMSMessageID",
            "JMSTimestamp",
            "JMSCorrelationID",
            "JMSExpiration",
            "JMSRedelivered",
            "JMSXDeliveryCount",
            "JMSXGroupID",
            "JMSXUserID",
            "JMSXGroupSeq",
            "JMSXProducerTXID",
            "JMSActiveMQBrokerInTime",
            "JMSActiveMQBrokerOutTime",
            "JMSActiveMQBrokerPath",
            "JMSXGroupFirstForConsumer",
            "JMSDeliveryTime",
            "jmsPriority");

    private static final String[] STRINGS = {
        "'blue'",
        "'red'",
        "'a'",
        "''",
        "'it''s'",
        "'5'",
        "'true'",
        "'PERSISTENT'",
        "'queue://A'",
        "'ID:other'",
        "'ID:host-1:1:1:0:1'",
        "'bluebell'",
        "'\uD83D\uDE00x'"
    };

    private static final String[] PATTERNS = {
        "'b%'",
        "'%l%'",
        "'_lue'",
        "'%'",
        "'_'",
        "''",
        "'%e_b%l'",
        "'a!%b!_c'",
        "'a\\%%'",
        "'it''s'",
        "'%\n%'",
        "'__'",
        "'_x'",
        "'%_%_%'",
        "'blue%bell'",
        "'%%'",
        "'a%b_c'",
        "'.*'",
        "'[a-z]+'",
        "'b(l)ue'",
        "'%:%'",
        "'!!%'"
    };

    private static final String[] NUMBERS = {
        "0",
        "1",
        "2",
        "3",
        "5",
        "-1",
        "4.5",
        ".5",
        "1.",
        "2.5e0",
        "1E1",
        "1e999",
        "0x1F",
        "0X2",
        "017",
        "5L",
        "1l",
        "100",
        "16777216",
        "16777217",
        "2147483647",
        "2147483648",
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "99999999999999999999",
        "-0.0",
        "0.0",
        "5000000000"
    };

    private static final String[] COMPARE = {"=", "=", "<>", "<", "<=", ">", ">="};
    private static final String[] NOISE = {
        "(", ")", "'", "AND", "NOT", "IN", "=", "!=", "==", "<>", "< >", "-", "--", "/*", "*/", ",", "5", "x", ".", "%",
        "IS", "NULL", "LIKE", "'x'", "BETWEEN", "ESCAPE", "ß", "#", "\"", "0x", "1e", "08", ":", "TRUE", "\n", "\u00A0",
        "+", "XPATH", "f(a)"
    };

    private final Random random;

    RandomSelectors(Random random) {
        this.random = random;
    }

    String next() {
        String valid = String.join("", spaced(disjunction(3)));
        String text = random.nextInt(5) == 0 ? mutated(valid) : valid;
        return random.nextInt(12) == 0 ? "convert_string_expressions:" + text : text;
    }

    /** Of the kind that an index can find: equalities, joined. */
    String equalities() {
        List<String> tokens = new ArrayList<>();
        for (int more = random.nextInt(4); more >= 0; more--) {
            List<String> equality =
                    switch (random.nextInt(8)) {
                        case 0 -> joined(list(identifier()), list("IN"), strings());
                        case 1 -> joined(list(literal()), list("=", identifier()));
                        case 2 -> list(identifier());
                        case 3 -> list(identifier(), "=", "-", literal());
                        default -> list(identifier(), "=", literal());
                    };
            tokens.addAll(random.nextInt(4) == 0 ? parenthesized(equality) : equality);
            tokens.addAll(more > 0 ? list(pick("AND", "OR")) : list());
        }
        return String.join(" ", tokens);
    }

    private String literal() {
        return switch (random.nextInt(3)) {
            case 0 -> pick(STRINGS);
            case 1 -> pick("TRUE", "FALSE");
            default -> pick(NUMBERS);
        };
    }

    private List<String> spaced(List<String> tokens) {
        List<String> spaced = new ArrayList<>();
        for (String token : tokens) {
            spaced.add(
                    switch (random.nextInt(40)) {
                        case 0 -> "\n";
                        case 1 -> " /* a ** comment */ ";
                        case 2 -> " -- rest\n";
                        case 3 -> "\t";
                        default -> " ";
                    });
            spaced.add(token);
        }
        return spaced;
    }

    private String mutated(String valid) {
        StringBuilder text = new StringBuilder(valid);
        for (int i = random.nextInt(2); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, pick(NOISE));
                default -> text.replace(at, Math.min(text.length(), at + 1 + random.nextInt(4)), pick(NOISE));
            }
            if (text.isEmpty()) {
                text.append('x');
            }
        }
        return text.toString();
    }

    private List<String> disjunction(int depth) {
        List<String> tokens = conjunction(depth);
        for (int more = random.nextInt(6); more > 3; more--) {
            tokens.add(keyword("OR"));
            tokens.addAll(conjunction(depth));
        }
        return tokens;
    }

    private List<String> conjunction(int depth) {
        List<String> tokens = condition(depth);
        for (int more = random.nextInt(6); more > 3; more--) {
            tokens.add(keyword("AND"));
            tokens.addAll(condition(depth));
        }
        return tokens;
    }

    private List<String> condition(int depth) {
        return switch (depth == 0 ? random.nextInt(8) : random.nextInt(13)) {
            case 0 -> list(identifier());
            case 1 -> list(keyword(pick("TRUE", "FALSE", "NULL")));
            case 2 -> joined(list(identifier()), maybeNot(), list(keyword("IN")), strings());
            case 3 -> joined(operand(depth), maybeNot(), like());
            case 4 -> joined(operand(depth), list(keyword("IS")), maybeNot(), list(keyword("NULL")));
            case 5 ->
                joined(
                        number(depth),
                        maybeNot(),
                        list(keyword("BETWEEN")),
                        number(depth),
                        list(keyword("AND")),
                        number(depth));
            case 6, 7, 8 -> joined(operand(depth), list(pick(COMPARE)), operand(depth));
            case 9 -> joined(number(depth), list(pick(COMPARE)), number(depth));
            case 10 -> joined(list(keyword("NOT")), parenthesized(disjunction(depth - 1)));
            case 11 -> joined(list(keyword("NOT")), condition(depth - 1));
            default -> parenthesized(disjunction(depth - 1));
        };
    }

    /** Anything that has a value. */
    private List<String> operand(int depth) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> list(identifier());
            case 4, 5 -> list(pick(STRINGS));
            case 6 -> depth == 0 ? list(identifier()) : parenthesized(condition(depth - 1));
            case 7 -> list(keyword(pick("TRUE", "FALSE")));
            default -> number(depth);
        };
    }

    private List<String> number(int depth) {
        return switch (depth == 0 ? random.nextInt(5) : random.nextInt(9)) {
            case 0, 1, 2 -> list(identifier());
            case 3, 4 -> list(pick(NUMBERS));
            case 5 -> joined(list(pick("-", "+")), number(depth - 1));
            case 6 -> parenthesized(number(depth - 1));
            default -> joined(number(depth - 1), list(pick("+", "-", "*", "/", "%")), number(depth - 1));
        };
    }

    private List<String> like() {
        List<String> like = list(keyword("LIKE"), pick(PATTERNS));
        if (random.nextInt(3) == 0) {
            like.addAll(list(keyword("ESCAPE"), pick("'!'", "'\\'", "'%'", "'_'", "'a'", "''", "'ab'", "''''")));
        }
        return like;
    }

    private List<String> strings() {
        List<String> strings = list("(", pick(STRINGS));
        for (int more = random.nextInt(7); more > 0; more--) {
            strings.addAll(list(",", pick(STRINGS)));
        }
        strings.add(")");
        return strings;
    }

    private String identifier() {
        List<String> names = random.nextInt(4) == 0 ? HEADERS : MessagePair.PROPERTIES;
        return random.nextInt(20) == 0 ? "missing" : names.get(random.nextInt(names.size()));
    }

    private List<String> maybeNot() {
        return random.nextInt(3) == 0 ? list(keyword("NOT")) : list();
    }

    private String keyword(String word) {
        return random.nextInt(5) == 0 ? word.toLowerCase(Locale.ROOT) : word;
    }

    private static List<String> parenthesized(List<String> inner) {
        return joined(list("("), inner, list(")"));
    }

    @SafeVarargs
    private static List<String> joined(List<String>... parts) {
        List<String> joined = new ArrayList<>();
        for (List<String> part : parts) {
            joined.addAll(part);
        }
        return joined;
    }

    private static List<String> list(String... tokens) {
        return new ArrayList<>(List.of(tokens));
    }

    private String pick(String... values) {
        return values[random.nextInt(values.length)];
    }
}
