package io.ferrymq.server.lines;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Schedule;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.store.LiveMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

/** What is written is read back byte by byte. */
class LinesTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final byte TEXT = 28;
    private static final byte BYTES = 24;

    @Test
    void shouldKeepEveryPartOfAMessage() throws IOException {
        Message message = Message.builder(
                        new MessageId(new ProducerId("ID:host-1:2:3", -1, 4), 5, "foreign \ud83d"), ORDERS)
                .originalDestination(DestinationName.topic("a,queue://b"))
                .replyTo(new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:x:1"))
                .correlationId("half a pair \ud834 \" \n")
                .type("")
                .group("g", -1)
                .userId("u")
                .persistent(false)
                .priority((byte) -3)
                .timestampMs(1)
                .arrivalMs(2)
                .expirationMs(Long.MAX_VALUE)
                .body(TEXT, false, Body.ofText("über \ud834\udd1e \u0000 \ud834"))
                .properties(PrimitiveMap.encode(properties()))
                .extras(new byte[] {1, 2, 3})
                .annotations(Map.of("cause", "x", "count", 3, "when", 4L, "done", true))
                .build();

        String line = line(message);

        assertThat(bytes(back(line))).isEqualTo(bytes(message));
        assertThat(line)
                .contains("\"id\":\"ID:host-1:2:3:-1:4:5\"", "\"big\":{\"long\":5}", "\"nothing\":null")
                .doesNotContain("Base64", "base64");
    }

    private static Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("text", "t");
        properties.put("half", "\ud834");
        properties.put("int", 7);
        properties.put("big", 5L);
        properties.put("short", (short) 1);
        properties.put("byte", (byte) 2);
        properties.put("double", Double.NaN);
        properties.put("float", 1.1f);
        properties.put("char", 'c');
        properties.put("true", true);
        properties.put("bytes", new byte[] {9});
        properties.put("list", Arrays.asList(1, "b", null, 3L));
        properties.put("map", Map.of("in", 1.5));
        properties.put("nothing", null);
        return properties;
    }

    @Test
    void shouldKeepPropertiesThatJsonCannotName() throws IOException {
        byte[] properties = PrimitiveMap.encode(Map.of("in", List.of(Map.of("half \ud834", 1))));
        Message message = message().properties(properties).build();

        assertThat(bytes(back(line(message)))).isEqualTo(bytes(message));
    }

    @Test
    void shouldTellNoBytesFromZeroBytes() throws IOException {
        for (byte[] bytes : List.of(Message.ABSENT, new byte[0], new byte[] {0, 0, 0, 0}, new byte[] {1})) {
            for (byte format : new byte[] {TEXT, BYTES, 99}) {
                Message message =
                        message().body(format, false, bytes).properties(bytes).build();
                assertThat(bytes(back(line(message)))).isEqualTo(bytes(message));
            }
        }
    }

    @Test
    void shouldShowCompressedTextAndKeepItsBytes() throws IOException {
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
            out.write(Body.ofText("short and deflated"));
        }
        Message message = message().body(TEXT, true, deflated.toByteArray()).build();

        String line = line(message);

        assertThat(line).contains("short and deflated", "base64");
        assertThat(bytes(back(line))).isEqualTo(bytes(message));
    }

    @Test
    void shouldNotTrustTheLengthOfAText() throws IOException {
        Message message =
                message().body(TEXT, false, new byte[] {0x7f, -1, -1, -1, 'x'}).build();
        assertThat(bytes(back(line(message)))).isEqualTo(bytes(message));
    }

    @Test
    void shouldKeepJobsAndSubscriptions() throws IOException {
        Record.MessageScheduled job = new Record.MessageScheduled(
                7, 8, -1, message().schedule(new Schedule(1, 2, 3, "* * * * *")).build());
        Record.SubscriptionAdded added = new Record.SubscriptionAdded(
                DestinationName.subscription("a:b", "n"), DestinationName.topic("X.>"), "a = 1", "ID:c");
        DestinationName topic = DestinationName.topic("X.Y");
        LiveMessage kept = new LiveMessage(
                9,
                Message.builder(new MessageId(new ProducerId("p", 1, 1), 1), topic)
                        .build(),
                Map.of(added.subscription(), 4));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LineWriter writer = new LineWriter(out)) {
            writer.write(added);
            writer.write(job);
            writer.write(kept);
        }

        List<Line> lines = new ArrayList<>();
        out.toString(StandardCharsets.UTF_8).lines().forEach(line -> lines.add(new LineReader().read(line)));

        assertThat(lines.get(0)).isEqualTo(new Line.OfSubscription(added));
        Record.MessageScheduled read = ((Line.OfScheduled) lines.get(1)).scheduled();
        assertThat(bytes(read)).isEqualTo(bytes(job));
        assertThat(((Line.OfMessage) lines.get(2)).live().redeliveries()).isEqualTo(kept.redeliveries());
    }

    @Test
    void shouldWriteNothingForNothing() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LineWriter(out).close();
        assertThat(out.size()).isZero();
    }

    private static Message.Builder message() {
        return Message.builder(new MessageId(new ProducerId("p", 1, 1), 1), ORDERS);
    }

    private static String line(Message message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LineWriter writer = new LineWriter(out)) {
            writer.write(new LiveMessage(1, message, Map.of()));
        }
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    private static Message back(String line) {
        return ((Line.OfMessage) new LineReader().read(line)).live().message();
    }

    private static byte[] bytes(Message message) {
        return bytes(new Record.MessageAdded(1, message));
    }

    private static byte[] bytes(Record record) {
        ByteBuffer buffer = ByteBuffer.allocate(RecordCodec.maxLength(record));
        RecordCodec.encode(record, buffer);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
