package io.ferrymq.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.ferrymq.selector.Selector.Outcome;
import jakarta.jms.InvalidSelectorException;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.activemq.filter.BooleanExpression;
import org.apache.activemq.selector.SelectorParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random selectors on random messages against ActiveMQ Classic's own parser and evaluation. A failure names its seed; {@code
 * -Dferrymq.seed=...} plays it again.
 */
class SelectorOracleTest {
    private static final int SELECTORS = 30_000;
    private static final int MESSAGES = 8;

    /** Where we are different on purpose. */
    private enum Difference {
        /** Functions, XPATH and XQUERY look into bodies, take expressions from clients or run regular expressions. */
        UNSUPPORTED,
        /** JMS allows Java identifiers; Classic knows ASCII only. */
        IDENTIFIER_BEYOND_ASCII,
        /** Classic cuts whole numbers of more than 64 bits to their last 32 when those bits happen to look like an int. */
        WRAPPED_NUMBER,
        /** Classic throws in the middle of dispatching; we take the operands for not comparable. */
        EVALUATION_THROWS,
    }

    private final Map<Difference, Integer> differences = new EnumMap<>(Difference.class);
    private int accepted;
    private int rejected;
    private int matched;

    @Test
    void shouldAnswerAsClassicDoes() {
        Long given = Long.getLong("ferrymq.seed");
        long seed = given == null ? new Random().nextLong() : given;
        try {
            play(new Random(seed));
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("play it again with -Dferrymq.seed=" + seed, failure);
        }
        assertThat(accepted).as("accepted by both").isGreaterThan(SELECTORS / 4);
        assertThat(rejected).as("rejected by both").isGreaterThan(SELECTORS / 20);
        assertThat(matched).as("matches").isGreaterThan(accepted);
        assertThat(differences.keySet()).as("differences met").contains(Difference.EVALUATION_THROWS);
    }

    private void play(Random random) {
        RandomSelectors selectors = new RandomSelectors(random);
        for (int i = 0; i < SELECTORS; i++) {
            String text = selectors.next();
            if (text.isBlank()) {
                continue;
            }
            compare(
                    text,
                    IntStream.range(0, MESSAGES)
                            .mapToObj(unused -> MessagePair.random(random))
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = 5 --3",
                "a = 5 --3\n",
                "a = 5 --3\r AND b = 1",
                "a = 5 /**/ AND /* * / ** */ b = 1",
                "a = /* 5",
                "a = 'x",
                "a = 1OR b = 2",
                "a = 5.AND b = 2",
                "a = 08",
                "a = 0x",
                "a = 0xFFFFFFFFFFFFFFFF",
                "a = 01777777777777777777777",
                "a = 5E",
                "a = 1..2",
                "a = 5d",
                "NOT a = TRUE",
                "NOT a > 5",
                "NOT NOT flag",
                "a = b = c",
                "a < b < c",
                "a IS NULL + 1",
                "a IS NULL IS NULL",
                "a IS NULL = flag",
                "a IS NULL LIKE 'x'",
                "a LIKE 'b' + 'c'",
                "a LIKE 'b' = flag",
                "a IN ('x') % 2 = 1",
                "a BETWEEN 1 AND 2 LIKE 'x'",
                "flag AND a = 1 IS NOT NULL",
                "a = NULL",
                "NULL IS NULL",
                "NULL",
                "TRUE = 5",
                "5 = TRUE",
                "TRUE = -5",
                "(a) IN ('x')",
                "(a + 1) IN ('x')",
                "a IN ()",
                "a IN (1)",
                "a IN ('x',)",
                "a NOT NULL",
                "a IS NOT 5",
                "5 LIKE '5'",
                "a LIKE b",
                "a LIKE 'x' ESCAPE 'xx'",
                "a LIKE 'b' LIKE 'c'",
                "a BETWEEN 'a' AND 'b'",
                "a BETWEEN 1 AND 2 AND 3",
                "a NOT BETWEEN 1 AND 2 OR flag",
                "(a BETWEEN 1 AND 2) + 1 BETWEEN 1 AND 2",
                "'a' < b",
                "-'a' < b",
                "+'blue' = color",
                "color + 'x' = 'bluex'",
                "color + 5 = 'blue5'",
                "5 + color = 'blue5'",
                "a == 5",
                "a != 5",
                "a < > 5",
                "5",
                "'a'",
                "a + 1",
                "-a",
                "()",
                "(a",
                "a)",
                "a b",
                "a.b = 1",
                "a\u00A0= 1",
                "no_such:a = 1",
                "a = 18446744073709551617",
                "a < 99999999999999999999 AND -9223372036854775808 < a",
                "b(a) = 1 OR XPATH 'x'",
                "größe IS NULL",
                "JMSDeliveryMode = 2",
                "JMSMessageID LIKE 'ID:%'",
                "Convert_string_expressions:a = '5'",
                "convert_string_expressions:a = '5'",
                "convert_string_expressions:'5' = a",
                "convert_string_expressions: flag = 'true'",
                "convert_string_expressions:",
            })
    void shouldAnswerAsClassicDoesAtTheEdges(String text) {
        Random random = new Random(1);
        compare(
                text,
                IntStream.range(0, 500)
                        .mapToObj(unused -> MessagePair.random(random))
                        .toList());
    }

    private void compare(String text, List<MessagePair> messages) {
        Optional<BooleanExpression> classic = classic(text);
        Outcome ours = Selector.parse(text);
        if (ours instanceof Outcome.Accepted found && classic.isPresent()) {
            accepted++;
            boolean wrapped = hasWrappedNumber(text);
            messages.forEach(message -> compare(found.selector(), classic.get(), message, wrapped));
        } else if (ours instanceof Outcome.Rejected no && classic.isEmpty()) {
            rejected++;
            assertThat(no.column()).as(text).isBetween(1, text.length() + 1);
        } else {
            note(syntaxDifference(text, ours));
        }
    }

    private static Difference syntaxDifference(String text, Outcome ours) {
        if (ours instanceof Outcome.Rejected no && no.reason().endsWith("is not supported")) {
            return Difference.UNSUPPORTED;
        }
        if (ours instanceof Outcome.Accepted && text.chars().anyMatch(c -> c > 0x7F)) {
            return Difference.IDENTIFIER_BEYOND_ASCII;
        }
        return fail("<%s> is %s", text, ours);
    }

    private void compare(Selector selector, BooleanExpression classic, MessagePair message, boolean wrapped) {
        boolean ours = selector.matches(message.candidate());
        boolean expected;
        try {
            expected = message.classicMatches(classic);
        } catch (RuntimeException e) {
            note(Difference.EVALUATION_THROWS);
            return;
        }
        matched += ours ? 1 : 0;
        if (ours != expected && wrapped) {
            note(Difference.WRAPPED_NUMBER);
        } else {
            assertThat(ours).as("<%s> on %s", selector, message).isEqualTo(expected);
        }
    }

    private void note(Difference difference) {
        differences.merge(difference, 1, Integer::sum);
    }

    /** Its parser remembers the last texts, but not whether they had the prefix: cleared, so that they are not mixed up. */
    private static Optional<BooleanExpression> classic(String text) {
        SelectorParser.clearCache();
        try {
            return Optional.of(SelectorParser.parse(text));
        } catch (InvalidSelectorException e) {
            return Optional.empty();
        }
    }

    private static boolean hasWrappedNumber(String text) {
        for (String digits : text.split("[^0-9]+")) {
            if (digits.length() >= 19) {
                BigDecimal number = new BigDecimal(digits);
                int low = number.intValue();
                if (number.longValue() == low && !number.equals(BigDecimal.valueOf(low))) {
                    return true;
                }
            }
        }
        return false;
    }
}
