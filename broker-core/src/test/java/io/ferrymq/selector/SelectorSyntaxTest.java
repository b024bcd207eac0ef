package io.ferrymq.selector;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ferrymq.selector.Selector.Outcome;
import io.ferrymq.selector.Selector.Outcome.Accepted;
import io.ferrymq.selector.Selector.Outcome.Rejected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is a selector and what is not, and what a user is told. */
class SelectorSyntaxTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a =                  | 4  | expected a value, found the end",
                "a = 1)               | 6  | expected the end, found )",
                "(a = 1               | 7  | expected ), found the end",
                "a = 'x               | 5  | string without end",
                "a /* = 1             | 3  | comment without end",
                "a = 1 AND b          | -  | -",
                "a = 1 AND 5          | 11 | expected a condition, found a value",
                "a + 1                | 1  | expected a condition, found a value",
                "a != 1               | 3  | unexpected character !",
                "a = 1 b              | 7  | expected the end, found b",
                "a LIKE b             | 8  | expected a string, found b",
                "a LIKE 'b' ESCAPE 'no' | 19 | ESCAPE needs one character",
                "a IN (1)             | 7  | expected a string, found a number",
                "5 IN ('a')           | 1  | IN needs an identifier before it",
                "a = NULL             | 5  | NULL is compared by IS NULL",
                "TRUE = 5             | 8  | a truth value is compared with something else",
                "a > 'x'              | 5  | only numbers have an order",
                "NOT a > 1            | 1  | only numbers have an order",
                "a = 0xFFFFFFFFFFFFFFFF | 5 | number of more than 63 bits",
                "XPATH '//a'          | 1  | XPATH is not supported",
                "XQUERY 'x'           | 1  | XQUERY is not supported",
                "a = 1 AND REGEX(a, 'b') | 11 | function REGEX is not supported",
                "convert_string_expressions:a b | 30 | expected the end, found b",
            })
    void shouldSayWhatIsWrongAndWhere(String text, String column, String reason) {
        if (column.equals("-")) {
            assertThat(Selector.parse(text)).isInstanceOf(Accepted.class);
        } else {
            assertThat(Selector.parse(text)).isEqualTo(new Rejected(reason, Integer.parseInt(column)));
        }
    }

    @Test
    void shouldShowNoControlCharactersOfTheText() {
        assertThat(Selector.parse("a = \u0007")).isEqualTo(new Rejected("unexpected character U+0007", 5));
        assertThat(Selector.parse("a = 1 " + "x".repeat(100)))
                .isEqualTo(new Rejected("expected the end, found " + "x".repeat(40) + "..", 7));
    }

    @Test
    void shouldKeepTheTextAndBeEqualByIt() {
        assertThat(selector("a = 1")).isEqualTo(selector("a = 1")).hasSameHashCodeAs(selector("a = 1"));
        assertThat(selector("a = 1")).isNotEqualTo(selector("a  = 1"));
        assertThat(selector("a  = 1").text()).isEqualTo("a  = 1");
        assertThat(selector("TRUE").isAll()).isFalse();
        assertThat(Selector.ALL.isAll()).isTrue();
        assertThat(Selector.ALL.text()).isEmpty();
    }

    @Test
    void shouldTakeWhatIsNestedUpToTheLimitOnly() {
        assertThat(Selector.parse(nested("(", 256, "flag", ")"))).isInstanceOf(Accepted.class);
        assertThat(Selector.parse(nested("(", 257, "flag", ")")))
                .isEqualTo(new Rejected("more than 256 operators or parentheses in each other", 258));
        assertThat(Selector.parse("NOT ".repeat(256) + "a")).isInstanceOf(Accepted.class);
        assertRejected("NOT ".repeat(257) + "a", "more than 256 operators");
        assertThat(Selector.parse("a" + " + 1".repeat(255) + " = 1")).isInstanceOf(Accepted.class);
        assertRejected("a" + " + 1".repeat(256) + " = 1", "more than 256 operators");
        assertRejected("a" + " = a".repeat(257), "more than 256 operators");
        assertRejected("a" + " IS NULL".repeat(257), "more than 256 operators");
    }

    @Test
    void shouldNotOverflowTheStackHoweverDeep() {
        assertRejected("(".repeat(60_000), "words and signs");
        assertRejected("(".repeat(10_000), "more than 256 operators");
        assertRejected("- ".repeat(10_000) + "a = 1", "more than 256 operators");
        assertRejected("a" + "- a".repeat(8_000) + " = 1", "more than 256 operators");
        assertRejected(nested("(a + a * ", 200, "a", " + a - a - a)") + " = 1", "more than 256 operators");
    }

    @Test
    void shouldTakeLongChainsOfConditionsAndLists() {
        assertThat(Selector.parse("a = 1" + " OR a = 1".repeat(4_000))).isInstanceOf(Accepted.class);
        assertThat(Selector.parse("a = 1" + " AND a = 1".repeat(4_000))).isInstanceOf(Accepted.class);
        assertThat(Selector.parse("a IN ('x'" + ", 'x'".repeat(8_000) + ")")).isInstanceOf(Accepted.class);
    }

    @Test
    void shouldLimitTheLengthOfEverything() {
        assertThat(Selector.parse("a = '" + "x".repeat(65_530) + "'")).isInstanceOf(Accepted.class);
        assertThat(Selector.parse("a = '" + "x".repeat(65_531) + "'"))
                .isEqualTo(new Rejected("more than 65536 characters", 65_537));
        assertRejected("a IN ('x'" + ",'x'".repeat(8_190) + ")", "more than 16384 words and signs");
        assertRejected("a = " + "9".repeat(513), "number of more than 512 digits");
        assertRejected("a = 1." + "9".repeat(513), "number of more than 512 digits");
        assertRejected("a LIKE '%_" + "x".repeat(256) + "%'", "more than 256 characters with _ between two %");
        assertThat(Selector.parse("a LIKE '_" + "x".repeat(9_000) + "%_" + "x".repeat(9_000) + "'"))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void shouldParseInLinearTime() {
        assertTimeoutPreemptively(ofSeconds(60), () -> {
            for (String part :
                    new String[] {"--", "/*", "/**/", "''", "'", "((", "a--b", "1e", "0x", "- ", "NOT ", "%", "x"}) {
                String text = part.repeat(Selector.MAX_CHARS / part.length());
                for (int i = 0; i < 3; i++) {
                    assertThat(Selector.parse(text)).isNotNull();
                    assertThat(Selector.parse("a LIKE '" + text.substring(100).replace("'", "") + "'"))
                            .isNotNull();
                }
            }
        });
    }

    private static String nested(String open, int times, String inner, String close) {
        return open.repeat(times) + inner + close.repeat(times);
    }

    private static void assertRejected(String text, String reason) {
        Outcome outcome = Selector.parse(text);
        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, no -> {
            assertThat(no.reason()).contains(reason);
            assertThat(no.column()).isBetween(1, text.length() + 1);
        });
    }

    static Selector selector(String text) {
        if (Selector.parse(text) instanceof Accepted accepted) {
            return accepted.selector();
        }
        throw new AssertionError(text + ": " + Selector.parse(text));
    }
}
