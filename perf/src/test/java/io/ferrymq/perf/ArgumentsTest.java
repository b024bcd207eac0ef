package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void shouldDefaultToTheBenchmarkEveryoneKnows() {
        assertThat(Scenario.from(parse()).inWords())
                .isEqualTo(
                        "25 producers, 25 consumers, one queue, persistent 1024 B bodies, synchronous sends, auto-ack");
    }

    @Test
    void shouldHandAScenarioToTheLoadUnchanged() {
        Scenario scenario = Scenario.from(parse(
                "--producers", "2", "--persistent", "false", "--size", "64", "--topic", "--transacted-batch", "10"));

        assertThat(Scenario.from(parse(scenario.toArguments().toArray(String[]::new))))
                .isEqualTo(scenario);
    }

    @Test
    void shouldRefuseWhatItDoesNotKnowInOneLine() {
        assertThatThrownBy(() -> parse("--fast"))
                .isInstanceOf(UsageException.class)
                .hasMessage("unknown option: --fast");
        assertThatThrownBy(() -> parse("--size")).hasMessage("option needs a value: --size");
        assertThatThrownBy(() -> parse("--size", "64", "--size", "65")).hasMessage("option given twice: --size");
        assertThatThrownBy(() -> Scenario.from(parse("--size", "19")))
                .hasMessage("number from 20 to 8388608 expected: --size 19");
        assertThatThrownBy(() -> Scenario.from(parse("--persistent", "yes")))
                .hasMessage("true or false expected: --persistent yes");
    }

    private static Arguments parse(String... args) {
        return Arguments.parse(args, Scenario.VALUED, Scenario.FLAGS);
    }
}
