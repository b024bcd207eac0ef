package io.ferrymq.openwire.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.Broker;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Says to FerryMQ what stock clients have said to stock brokers, and compares what comes back: each command that asks for an
 * answer gets exactly one of the same structure, and each consumer gets the same messages in the same order. What may differ is
 * in {@link Lanes}.
 *
 * <p>The commands are the recorded ones; their encoding is the one that FerryMQ negotiates, which prefers another than the
 * recorded brokers.
 */
class RecordedSessionsTest {
    private static final String DURABLE = "no durable subscriptions";
    private static final String XA = "no XA transactions";

    /** Steps that need what FerryMQ does not do yet, and the reason. A step that passes must go from here. */
    private static final Map<String, String> NOT_YET = Map.ofEntries(
            Map.entry("invalid: unsubscribe unknown", DURABLE),
            Map.entry("durable sub", DURABLE),
            Map.entry("unsubscribe", DURABLE),
            Map.entry("start xid1 / send / end / prepare / recover / commit2", XA),
            Map.entry("end", XA),
            Map.entry("prepare", XA),
            Map.entry("commit #2", XA),
            Map.entry("empty tx prepare -> RDONLY", XA),
            Map.entry("consume in xa + rollback", XA),
            Map.entry("commit unknown xid", XA),
            Map.entry("forget unknown", XA));

    private static final List<String> RECORDINGS = List.of(
            "capture-client-6.3.1-broker-6.3.1.json",
            "capture-client-5.19.7-broker-5.19.7.json",
            "capture-failover-client-6.3.1-broker-6.3.1.json");

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration LITTLE_PATIENCE = Duration.ofSeconds(1);

    @ParameterizedTest
    @FieldSource("RECORDINGS")
    void shouldSayWhatTheRecordedBrokerSaid(String recording) throws IOException, InterruptedException {
        RecordedSession session = RecordedSession.read(recording);
        Map<String, List<String>> problems;
        try (Broker broker =
                        Broker.builder().name("recorded").tcp("127.0.0.1", 0).start();
                Replay replay = new Replay(broker.uri())) {
            problems = replay.run(session, step -> NOT_YET.containsKey(step) ? LITTLE_PATIENCE : PATIENCE);
        }

        assertThat(problems).hasSizeGreaterThan(5);
        problems.forEach((step, found) -> {
            String reason = NOT_YET.get(step);
            if (reason == null) {
                assertThat(found).as("step '%s'", step).isEmpty();
            } else {
                assertThat(found)
                        .as("step '%s' passes now, remove it from NOT_YET: %s", step, reason)
                        .isNotEmpty();
            }
        });
    }

    @Test
    void shouldListOnlyStepsThatThereAre() throws IOException {
        Set<String> steps = new HashSet<>();
        for (String recording : RECORDINGS) {
            RecordedSession.read(recording).steps().forEach(step -> steps.add(step.name()));
        }

        assertThat(steps).containsAll(NOT_YET.keySet());
    }
}
