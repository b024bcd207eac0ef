package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreTableTest {
    @Test
    void shouldJudgeOneSubjectAndShowTheOthers() {
        StoreTable table = new StoreTable("device", List.of("ferrymq", "classic"));
        table.row("rate", "msg/s", 0, Map.of("ferrymq", 2_000.0, "classic", 1_000.0));
        table.judged("kib", "KiB/msg", 1, Map.of("ferrymq", 3.0, "classic", 9.0), Figure.Target.atMost(3.5), "ferrymq");

        assertThat(table.passed()).isTrue();
        assertThat(table.text().lines().map(String::stripTrailing))
                .containsExactly(
                        "device   ferrymq  classic   target  verdict",
                        "msg/s       2000     1000        -        -",
                        "KiB/msg      3.0      9.0  <= 3.50     PASS");
        assertThat(Json.of(table.tree()))
                .contains("\"kib\": {")
                .contains("\"classic\": 9.000")
                .contains("\"verdict\": \"PASS\"");
    }

    @Test
    void shouldFailWithoutTheFigureThatIsJudged() {
        StoreTable table = new StoreTable("backlog", List.of("ferrymq"));
        table.judged("start", "start, s", 1, Map.of(), Figure.Target.atMost(10), "ferrymq");

        assertThat(table.passed()).isFalse();
    }

    @Test
    void shouldNotJudgeWhoDidNotRun() {
        StoreTable table = new StoreTable("backlog", List.of("classic"));
        table.judged("start", "start, s", 1, Map.of("classic", 99.0), Figure.Target.atMost(10), "ferrymq");

        assertThat(table.passed()).isTrue();
    }

    @Test
    void shouldNotPassWithAProblem() {
        StoreTable table = new StoreTable("backlog", List.of("ferrymq"));
        table.problem("ferrymq drain: messages do not add up");

        assertThat(table.passed()).isFalse();
        assertThat(table.text()).endsWith("NOT VALID, ferrymq drain: messages do not add up");
    }
}
