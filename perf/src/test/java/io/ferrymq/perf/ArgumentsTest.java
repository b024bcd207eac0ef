package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void shouldDefaultToTheBenchmarkEveryoneKnows() {
        assertThat(Workload.from(parse()).inWords())
                .isEqualTo(
                        "25 producers, 25 consumers, one queue, persistent 1024 B bodies, synchronous sends, auto-ack");
    }

    @Test
    void shouldHandAWorkloadToTheLoadUnchanged() {
        Workload workload = Workload.from(parse(
                "--producers",
                "2",
                "--persistent",
                "false",
                "--size",
                "64",
                "--durable",
                "--transacted-batch",
                "10",
                "--rate",
                "50",
                "--reconnect"));

        assertThat(Workload.from(parse(workload.toArguments().toArray(String[]::new))))
                .isEqualTo(workload);
    }

    @Test
    void shouldRefuseALoadOfWhichSomeCouldNeverArrive() {
        assertThatThrownBy(() -> Workload.from(parse("--queues", "100")))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--queues 100 needs as many --consumers, there are 25");
        assertThatThrownBy(() -> Workload.from(parse("--topic", "--backlog", "1")))
                .isInstanceOf(UsageException.class);
    }

    @Test
    void shouldRefuseWhatItDoesNotKnowInOneLine() {
        assertThatThrownBy(() -> parse("--fast"))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("unknown option: --fast, known: --backlog, --consumers, ");
        assertThatThrownBy(() -> parse("--consumer", "3"))
                .hasMessage("unknown option: --consumer, did you mean --consumers?");
        assertThatThrownBy(() -> parse("--size")).hasMessage("option needs a value: --size");
        assertThatThrownBy(() -> parse("--size", "64", "--size", "65")).hasMessage("option given twice: --size");
        assertThatThrownBy(() -> Workload.from(parse("--size", "19")))
                .hasMessage("number from 20 to 8388608 expected: --size 19");
        assertThatThrownBy(() -> Workload.from(parse("--persistent", "yes")))
                .hasMessage("true or false expected: --persistent yes");
    }

    private static Arguments parse(String... args) {
        return Arguments.parse(args, Workload.VALUED, Workload.FLAGS);
    }
}
