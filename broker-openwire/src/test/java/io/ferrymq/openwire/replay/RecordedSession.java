package io.ferrymq.openwire.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a stock client and a stock broker said to each other, in steps with names. */
record RecordedSession(List<Step> steps) {
    /** What one thing that the client's user did led to. */
    record Step(String name, List<Event> events) {}

    /** One frame, with its size in front, and what it means. */
    record Event(int connection, boolean fromClient, byte[] frame, DataStructure command) {}

    static RecordedSession read(String resource) throws IOException {
        try (InputStream in = RecordedSession.class.getResourceAsStream("/openwire/" + resource)) {
            return new Reader().read(new ObjectMapper().readTree(in).get("events"));
        }
    }

    private static final class Reader {
        private final Map<Integer, Wire> wires = new HashMap<>();
        private final Map<String, Integer> names = new HashMap<>();
        private final List<Step> steps = new ArrayList<>();

        private RecordedSession read(JsonNode events) {
            for (JsonNode event : events) {
                if (event.has("step")) {
                    String name = event.get("step").textValue();
                    int count = names.merge(name, 1, Integer::sum);
                    steps.add(new Step(count == 1 ? name : name + " #" + count, new ArrayList<>()));
                } else {
                    steps.get(steps.size() - 1).events().add(event(event));
                }
            }
            return new RecordedSession(steps);
        }

        private Event event(JsonNode event) {
            int connection = event.get("conn").intValue();
            boolean fromClient = event.get("dir").textValue().equals("C->B");
            byte[] frame = HexFormat.of().parseHex(event.get("hex").textValue());
            DataStructure command = wires.computeIfAbsent(connection, id -> new Wire())
                    .decode(fromClient, Arrays.copyOfRange(frame, 4, frame.length));
            return new Event(connection, fromClient, frame, command);
        }
    }

    /** Both directions of one recorded connection. */
    private static final class Wire {
        private final WireFormat toBroker = new WireFormat(1 << 20);
        private final WireFormat toClient = new WireFormat(1 << 20);
        private @Nullable WireFormatInfo client;
        private @Nullable WireFormatInfo broker;

        private DataStructure decode(boolean fromClient, byte[] body) {
            DataStructure command = (fromClient ? toBroker : toClient).decode(Unpooled.wrappedBuffer(body));
            if (command instanceof WireFormatInfo info) {
                client = fromClient ? info : client;
                broker = fromClient ? broker : info;
                if (client != null && broker != null) {
                    WireOptions options = WireOptions.negotiate(broker, client);
                    toBroker.apply(options);
                    toClient.apply(options);
                }
            }
            return command;
        }
    }
}
