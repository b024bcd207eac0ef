package io.ferrymq.selector;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikePatternTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12%3    | 123      | true",
                "12%3    | 12993    | true",
                "12%3    | 1234     | false",
                "l_se    | lose     | true",
                "l_se    | loose    | false",
                "%       | x        | true",
                "a%b%c   | abbc     | true",
                "a%b%c   | acb      | false",
                "aba%aba | aba      | false",
                "%aab%   | aaab     | true",
                "%_a_%   | xbab     | true",
                "%a_c%   | aabc     | true",
                "a.c     | abc      | false",
                "_%_     | x        | false",
                "_%_     | xy       | true",
            })
    void shouldMatchAsSqlSays(String pattern, String text, boolean matches) {
        assertThat(like(pattern, "", text)).isEqualTo(matches);
    }

    @Test
    void shouldMatchTheEmptyString() {
        assertThat(like("", "", "")).isTrue();
        assertThat(like("%", "", "")).isTrue();
        assertThat(like("%%", "", "")).isTrue();
        assertThat(like("_", "", "")).isFalse();
        assertThat(like("", "", "x")).isFalse();
    }

    @Test
    void shouldTakeLineEndsForCharacters() {
        assertThat(like("a_b%", "", "a\nb\r\n")).isTrue();
    }

    @Test
    void shouldTakeASupplementaryCharacterForOne() {
        assertThat(like("_", "", "\uD83D\uDE00")).isTrue();
        assertThat(like("__", "", "\uD83D\uDE00")).isFalse();
        assertThat(like("%__", "", "\uD83D\uDE00")).isFalse();
        assertThat(like("%_x_%", "", "\uD83D\uDE00x\uD83D\uDE00")).isTrue();
    }

    @Test
    void shouldEscapeOnlyWhatIsSpecial() {
        assertThat(like("\\_%", "\\", "_foo")).isTrue();
        assertThat(like("\\_%", "\\", "bar")).isFalse();
        assertThat(like("a\\b\\", "\\", "a\\b\\")).isTrue();
        assertThat(like("!!!%", "!", "!%")).isTrue();
        assertThat(like("%%a", "%", "%a")).isTrue();
        assertThat(like("€_", "€", "_")).isTrue();
    }

    @Test
    void shouldAnswerAsASlowMatcherDoes() {
        Random random = new Random(42);
        for (int i = 0; i < 100_000; i++) {
            String pattern = random(random, "ab%_", random.nextBoolean() ? 8 : 40);
            String text = random(random, "ab", 60);
            assertThat(like(pattern, "", text)).as("%s LIKE %s", text, pattern).isEqualTo(slow(pattern, text));
        }
    }

    private static String random(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(length); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** One row of the table of dynamic programming per character of the pattern. */
    private static boolean slow(String pattern, String text) {
        boolean[] row = new boolean[text.length() + 1];
        row[0] = true;
        for (char p : pattern.toCharArray()) {
            boolean[] next = new boolean[row.length];
            for (int i = 0; i < row.length; i++) {
                boolean step = i > 0 && row[i - 1] && (p == '_' || p == text.charAt(i - 1));
                next[i] = p == '%' ? row[i] || i > 0 && next[i - 1] : step;
            }
            row = next;
        }
        return row[text.length()];
    }

    @Test
    void shouldFindLongAndWideParts() {
        String word = Pattern.quote("x").repeat(40);
        assertThat(like("%" + word + "%", "", "y" + word + "z")).isTrue();
        assertThat(like("%" + "a_".repeat(100) + "b%", "", "a".repeat(500) + "b"))
                .isTrue();
        assertThat(like("%" + "a_".repeat(100) + "c%", "", "a".repeat(500) + "b"))
                .isFalse();
        assertThat(like("%" + "ab_".repeat(80) + "%", "", "ab".repeat(50) + "abc".repeat(80)))
                .isTrue();
    }

    /** Each of these would run for minutes to aeons with backtracking, or for hours if it was quadratic. */
    @Test
    void shouldTakeLinearTime() {
        String as = "a".repeat(1_000_000);
        String[] patterns = {
            "%a".repeat(20_000) + "%b",
            "%a".repeat(20_000) + "%b%",
            "%" + "a".repeat(30_000) + "b%",
            "%" + "a".repeat(15) + "b%",
            "%" + "_a".repeat(127) + "b%",
            "%_a_b%".repeat(5_000),
            "%" + "a%_".repeat(10_000) + "b",
        };
        assertTimeoutPreemptively(ofSeconds(60), () -> {
            for (String pattern : patterns) {
                assertThat(like(pattern, "", as)).as(pattern.substring(0, 5)).isFalse();
            }
        });
    }

    private static boolean like(String pattern, String escape, String text) {
        return LikePattern.of(pattern, escape, 1).matches(text);
    }
}
