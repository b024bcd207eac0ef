package io.ferrymq.server.lines;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.openwire.codec.MalformedFrameException;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.store.LiveMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one line for each durable subscription, message and scheduled message. A line has all of a message: what is shown decoded
 * and would not give the same bytes again is there as base64 too. Not thread safe.
 */
public final class LineWriter implements AutoCloseable {
    private final JsonGenerator json;
    private boolean empty = true;

    /** @param out is closed with this */
    public LineWriter(OutputStream out) throws IOException {
        json = new JsonFactory().createGenerator(out, JsonEncoding.UTF8);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    }

    public void write(Record.SubscriptionAdded added) throws IOException {
        begin();
        json.writeStringField("kind", "subscription");
        name("subscription", Optional.of(added.subscription()));
        name("topics", Optional.of(added.topics()));
        text("selector", optional(added.selector()));
        text("deafTo", optional(added.deafTo()));
        json.writeEndObject();
    }

    public void write(LiveMessage live) throws IOException {
        begin();
        json.writeStringField("kind", "message");
        name("destination", Optional.of(live.message().destination()));
        text("id", Optional.of(live.message().id().toString()));
        json.writeNumberField("sequence", live.sequence());
        if (live.message().destination().isTopic()) {
            json.writeArrayFieldStart("subscriptions");
            for (Map.Entry<DestinationName, Integer> entry : live.redeliveries().entrySet()) {
                json.writeStartObject();
                name("subscription", Optional.of(entry.getKey()));
                json.writeNumberField("redeliveries", entry.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
        } else {
            json.writeNumberField(
                    "redeliveries",
                    live.redeliveries().getOrDefault(live.message().destination(), 0));
        }
        rest(live.message());
    }

    public void write(Record.MessageScheduled scheduled) throws IOException {
        begin();
        json.writeStringField("kind", "scheduled");
        name("destination", Optional.of(scheduled.message().destination()));
        text("id", Optional.of(scheduled.message().id().toString()));
        json.writeNumberField("sequence", scheduled.job());
        json.writeNumberField("due", scheduled.dueMs());
        json.writeNumberField("repeats", scheduled.repeats());
        rest(scheduled.message());
    }

    private void begin() throws IOException {
        json.writeStartObject();
        empty = false;
    }

    private void rest(Message message) throws IOException {
        json.writeBooleanField("persistent", message.persistent());
        json.writeNumberField("priority", message.priority());
        json.writeNumberField("timestamp", message.timestampMs());
        json.writeNumberField("arrival", message.arrivalMs());
        number("expiration", message.expirationMs());
        text("foreignId", optional(message.id().foreignId()));
        name("originalDestination", message.originalDestination());
        name("replyTo", message.replyTo());
        text("correlationId", message.correlationId());
        text("type", message.type());
        text("groupId", message.groupId());
        number("groupSequence", message.groupSequence());
        text("userId", message.userId());
        schedule(message);
        properties(message.properties());
        if (!message.annotations().isEmpty()) {
            json.writeFieldName("annotations");
            Values.write(json, message.annotations());
        }
        bytes("extras", message.extras());
        body(message);
        json.writeEndObject();
    }

    private void schedule(Message message) throws IOException {
        if (message.schedule().isPresent()) {
            json.writeObjectFieldStart("schedule");
            json.writeNumberField("delay", message.schedule().get().delayMs());
            json.writeNumberField("period", message.schedule().get().periodMs());
            json.writeNumberField("repeat", message.schedule().get().repeat());
            text("cron", optional(message.schedule().get().cron()));
            json.writeEndObject();
        }
    }

    private void properties(byte[] bytes) throws IOException {
        Map<String, @Nullable Object> decoded = decoded(bytes);
        if (decoded != null) {
            json.writeFieldName("properties");
            Values.write(json, decoded);
        }
        if (decoded == null || !Arrays.equals(PrimitiveMap.encode(decoded), bytes)) {
            bytes("propertiesBase64", bytes);
        }
    }

    /** Null when they are none that OpenWire knows, or none that JSON can name. */
    private static @Nullable Map<String, @Nullable Object> decoded(byte[] bytes) {
        try {
            Map<String, @Nullable Object> decoded =
                    bytes.length == 0 ? null : PrimitiveMap.decode(bytes, PrimitiveMap.Limits.defaults());
            return decoded != null && Values.areNameable(decoded) ? decoded : null;
        } catch (MalformedFrameException e) {
            return null;
        }
    }

    private void body(Message message) throws IOException {
        Optional<String> text = Body.text(message);
        json.writeObjectFieldStart("body");
        json.writeStringField("type", Body.format(message.format()));
        if (message.compressed()) {
            json.writeBooleanField("compressed", true);
        }
        text("text", text);
        if (text.isEmpty() || !Body.isAllOf(message, text.get())) {
            bytes("base64", message.body());
        }
        json.writeEndObject();
    }

    private void name(String field, Optional<DestinationName> name) throws IOException {
        text(field, name.map(Name::write));
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private void text(String field, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.writeFieldName(field);
            Values.text(json, value.get());
        }
    }

    private void number(String field, long value) throws IOException {
        if (value != 0) {
            json.writeNumberField(field, value);
        }
    }

    private void bytes(String field, byte[] value) throws IOException {
        if (value != Message.ABSENT) {
            json.writeStringField(field, Base64.getEncoder().encodeToString(value));
        }
    }

    @Override
    public void close() throws IOException {
        if (!empty) {
            json.writeRaw('\n');
        }
        json.close();
    }
}
