package io.ferrymq.selector;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A word, literal or sign of a selector.
 *
 * @param value the number, the string or the name; of other kinds the name of the kind
 * @param column of its first character, from 1
 */
record Token(Kind kind, Object value, int column) {
    private static final int MAX_SHOWN_CHARS = 40;

    /** What can stand in a selector. */
    enum Kind {
        NOT,
        AND,
        OR,
        BETWEEN,
        LIKE,
        ESCAPE,
        IN,
        IS,
        TRUE,
        FALSE,
        NULL,
        XPATH,
        XQUERY,
        EQUAL("="),
        UNEQUAL("<>"),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        OPEN("("),
        COMMA(","),
        CLOSE(")"),
        PLUS("+"),
        MINUS("-"),
        TIMES("*"),
        DIVIDE("/"),
        MODULO("%"),
        NUMBER("a number"),
        STRING("a string"),
        IDENTIFIER("an identifier"),
        END("the end");

        private static final int LONGEST_WORD = 7;
        private static final Map<String, Kind> WORDS = Arrays.stream(values())
                .filter(kind -> kind.compareTo(XQUERY) <= 0)
                .collect(Collectors.toUnmodifiableMap(kind -> kind.text, kind -> kind));

        private final String text;

        Kind() {
            this.text = name();
        }

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        /** The keyword that this word is in any case, or null. Only ASCII letters have two cases here. */
        static @Nullable Kind word(String word) {
            if (word.length() > LONGEST_WORD || word.chars().anyMatch(c -> c > 'z')) {
                return null;
            }
            return WORDS.get(word.toUpperCase(Locale.ROOT));
        }
    }

    /** For the reason of a rejection: shows nothing of the text but names. */
    String shown() {
        if (kind != Kind.IDENTIFIER) {
            return kind.text();
        }
        String name = (String) value;
        return name.length() > MAX_SHOWN_CHARS ? name.substring(0, MAX_SHOWN_CHARS) + ".." : name;
    }
}
