package io.ferrymq.openwire.replay;

import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionControl;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.ProducerAck;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.ferrymq.openwire.command.WireThrowable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a broker said over one connection, as far as another broker has to say the same: in lanes, whose order counts. Each
 * consumer is a lane, each answer another: between lanes there is no order. Not thread safe.
 */
final class Lanes {
    /** Each broker has its own to say here, or says it at another time. */
    private static final Set<Class<?>> MAY_DIFFER =
            Set.of(WireFormatInfo.class, BrokerInfo.class, ConnectionControl.class, KeepAliveInfo.class);

    private final Map<String, List<String>> lanes = new LinkedHashMap<>();

    /** Null when it need not be the same. */
    static @Nullable String laneOf(DataStructure command) {
        if (MAY_DIFFER.contains(command.getClass())) {
            return null;
        }
        if (command instanceof Response response) {
            return "answer to command " + response.correlationId;
        }
        return command instanceof MessageDispatch dispatch ? "consumer " + dispatch.consumerId : "others";
    }

    void add(String lane, DataStructure command) {
        lanes.computeIfAbsent(lane, name -> new ArrayList<>()).add(text(command));
    }

    int count(String lane) {
        return lanes.getOrDefault(lane, List.of()).size();
    }

    /** Takes as many as {@code expected} has from each of its lanes; says what is different, and what else there was. */
    List<String> take(Lanes expected) {
        List<String> problems = new ArrayList<>();
        expected.lanes.forEach((lane, texts) -> {
            List<String> all = lanes.getOrDefault(lane, new ArrayList<>());
            List<String> taken = new ArrayList<>(all.subList(0, Math.min(texts.size(), all.size())));
            all.subList(0, taken.size()).clear();
            if (!taken.equals(texts)) {
                problems.add(lane + ": expected " + texts + ", got " + taken);
            }
        });
        lanes.values().removeIf(List::isEmpty);
        problems.addAll(takeRest());
        return problems;
    }

    boolean covers(Lanes expected) {
        return expected.lanes.entrySet().stream()
                .allMatch(lane -> count(lane.getKey()) >= lane.getValue().size());
    }

    /** Takes what is left. */
    List<String> takeRest() {
        List<String> all = new ArrayList<>();
        lanes.forEach((lane, texts) -> all.add(lane + ": not expected: " + texts));
        lanes.clear();
        return all;
    }

    private static String text(DataStructure command) {
        String type = command.getClass().getSimpleName();
        if (command instanceof ExceptionResponse refusal) {
            return type + ' ' + text(refusal.exception);
        } else if (command instanceof MessageDispatch dispatch) {
            return dispatch.message == null ? "nothing" : text(dispatch.message);
        } else if (command instanceof ProducerAck ack) {
            return type + ' ' + ack.producerId + ' ' + ack.size;
        }
        return type;
    }

    /** Advisories are the broker's own messages. */
    private static String text(Message message) {
        String destination = String.valueOf(message.destination);
        return destination.startsWith("topic://ActiveMQ.Advisory.")
                ? "advisory of " + destination
                : message.getClass().getSimpleName() + ' ' + message.messageId + ", redeliveries "
                        + message.redeliveryCounter;
    }

    /** A transaction manager reads the error code from the end of the message. */
    private static String text(@Nullable WireThrowable failure) {
        if (failure == null) {
            return "none";
        }
        String message = String.valueOf(failure.message());
        int code = message.lastIndexOf(" xaErrorCode:");
        return failure.className() + (code < 0 ? "" : message.substring(code));
    }
}
