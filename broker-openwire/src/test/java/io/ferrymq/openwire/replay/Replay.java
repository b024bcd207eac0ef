package io.ferrymq.openwire.replay;

import static org.awaitility.Awaitility.await;

import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessageId;
import io.ferrymq.openwire.command.RemoveInfo;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Says the client's side of a recorded session to a broker, each command as soon as the broker has said what the recorded one had
 * said before it. Used by one thread.
 */
final class Replay implements AutoCloseable {
    /** Recorded messages have expired long ago, and were to live for a moment only. */
    private static final long TIME_TO_LIVE_MS = 600_000;
    /** The name of steps in which all sockets break. */
    private static final String CUT = "KILL";

    private final URI broker;
    private final Map<Integer, LiveConnection> connections = new LinkedHashMap<>();
    private final Map<Integer, Lanes> expected = new LinkedHashMap<>();
    /** Each broker numbers messages in its own way: recorded numbers to messages, and messages to live numbers. */
    private final Map<Long, String> recordedNumbers = new HashMap<>();

    private final Map<String, Long> liveNumbers = new ConcurrentHashMap<>();
    /** How long to wait for what must come; nothing more in a step that has shown to be different. */
    private Duration patience = Duration.ZERO;

    Replay(URI broker) {
        this.broker = broker;
    }

    /**
     * What each step has shown that is different from the recording.
     *
     * @param patienceWith how long to wait in the step of this name for what must come
     */
    Map<String, List<String>> run(RecordedSession session, Function<String, Duration> patienceWith)
            throws IOException, InterruptedException {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        for (RecordedSession.Step step : session.steps()) {
            patience = patienceWith.apply(step.name());
            if (step.name().startsWith(CUT)) {
                for (LiveConnection connection : connections.values()) {
                    connection.cut();
                }
            }
            for (RecordedSession.Event event : step.events()) {
                play(event);
            }
            problems.put(step.name(), finish());
        }
        return problems;
    }

    private void play(RecordedSession.Event event) throws IOException, InterruptedException {
        if (event.fromClient()) {
            awaitExpected();
            say(event);
            return;
        }
        if (event.command() instanceof MessageDispatch dispatch && dispatch.message != null) {
            MessageId id = Objects.requireNonNull(dispatch.message.messageId);
            recordedNumbers.put(id.brokerSequenceId, id.toString());
        }
        String lane = Lanes.laneOf(event.command());
        if (lane != null) {
            expected.computeIfAbsent(event.connection(), id -> new Lanes()).add(lane, event.command());
        }
    }

    private void say(RecordedSession.Event event) throws IOException, InterruptedException {
        LiveConnection connection = connections.get(event.connection());
        if (connection == null) {
            connections.put(event.connection(), new LiveConnection(broker, event, liveNumbers));
        } else {
            connection.send(refreshed(event.command()));
        }
    }

    private DataStructure refreshed(DataStructure command) {
        if (command instanceof Message message && message.expiration > 0) {
            message.timestamp = System.currentTimeMillis();
            message.expiration = message.timestamp + TIME_TO_LIVE_MS;
        }
        if (command instanceof RemoveInfo remove && remove.lastDeliveredSequenceId > 0) {
            String last = recordedNumbers.getOrDefault(remove.lastDeliveredSequenceId, "");
            remove.lastDeliveredSequenceId = liveNumbers.getOrDefault(last, 0L);
        }
        return command;
    }

    private void awaitExpected() {
        try {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .timeout(patience.plusMillis(10))
                    .until(this::isExpectedHere);
        } catch (ConditionTimeoutException e) {
            patience = Duration.ZERO; // what is missing will be said at the end of the step
        }
    }

    private boolean isExpectedHere() {
        return expected.entrySet().stream()
                .allMatch(entry -> connections.get(entry.getKey()).covers(entry.getValue()));
    }

    private List<String> finish() throws InterruptedException {
        awaitExpected();
        List<String> problems = new ArrayList<>();
        for (Map.Entry<Integer, LiveConnection> entry : connections.entrySet()) {
            entry.getValue().settle();
            entry.getValue()
                    .take(expected.getOrDefault(entry.getKey(), new Lanes()))
                    .forEach(text -> problems.add("connection " + entry.getKey() + ", " + text));
        }
        expected.clear();
        return problems;
    }

    @Override
    public void close() throws IOException {
        for (LiveConnection connection : connections.values()) {
            connection.close();
        }
    }
}
