package io.ferrymq.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.message.DestinationName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which entry of several counts: as ActiveMQ Classic 6.3.1 chooses, asked in both orders. */
class DestinationPoliciesTest {
    @ParameterizedTest
    @CsvSource({
        "A.B.C, A.B.C, *.B.C",
        "A.B.C, A.B.C, A.>",
        "A.B.C, *.B.C, A.>",
        "A.B.C, *.B.C, A.B.>",
        "A.B.C, *.B.C, *.*.C",
        "A.B.C, A.*.C, A.B.>",
        "A.B.C, A.*.C, A.B.*",
        "A.B.C, A.B.>, A.>",
        "A.B.C, A.B.*, A.*.*",
        "A.B.C, A.B.*, >",
        "A.B, *.B, A.*",
        "A.B, A.*, A.>",
        "A.B.C, A.B.>, A.*.>",
        "A, *, A.>",
        "A, A, A.>",
        "A.B.C, A.>, >"
    })
    void shouldChooseAsActiveMqDoes(String name, String preferred, String other) {
        assertThat(chosen(name, preferred, other)).isEqualTo(preferred);
        assertThat(chosen(name, other, preferred)).isEqualTo(preferred);
    }

    /** By their text one would come before a second, that before a third, and that covers the first. */
    @Test
    void shouldNotDependOnTheOrderOfEntriesWhereTheChoiceGoesRoundInACircle() {
        List<String> circle = new ArrayList<>(List.of("*.B.*.D", "A.*.C.*", "A.B.*.D"));
        String first = chosen("A.B.C.D", circle.toArray(String[]::new));
        for (int i = 0; i < circle.size(); i++) {
            Collections.rotate(circle, 1);
            assertThat(chosen("A.B.C.D", circle.toArray(String[]::new))).isEqualTo(first);
        }
    }

    @Test
    void shouldHaveDefaultsWhereNoneMatches() {
        assertThat(chosen("B", "A.>")).isEqualTo(">");
    }

    private static String chosen(String name, String... patterns) {
        DestinationPolicies policies = new DestinationPolicies(Stream.of(patterns)
                .map(pattern ->
                        DestinationPolicy.of(DestinationName.queue(pattern)).build())
                .toList());
        return policies.of(DestinationName.queue(name)).pattern().name().physicalName();
    }
}
