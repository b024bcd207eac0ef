package io.ferrymq.openwire.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.Broker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    private static final List<String> RECORDINGS = List.of(
            "capture-client-6.3.1-broker-6.3.1.json",
            "capture-client-5.19.7-broker-5.19.7.json",
            "capture-failover-client-6.3.1-broker-6.3.1.json");

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @ParameterizedTest
    @FieldSource("RECORDINGS")
    void shouldSayWhatTheRecordedBrokerSaid(String recording) throws IOException, InterruptedException {
        RecordedSession session = RecordedSession.read(recording);
        Map<String, List<String>> problems;
        try (Broker broker =
                        Broker.builder().name("recorded").tcp("127.0.0.1", 0).start();
                Replay replay = new Replay(broker.uri())) {
            problems = replay.run(session, step -> PATIENCE);
        }

        assertThat(problems).hasSizeGreaterThan(5);
        assertThat(problems)
                .allSatisfy(
                        (step, found) -> assertThat(found).as("step '%s'", step).isEmpty());
    }
}
