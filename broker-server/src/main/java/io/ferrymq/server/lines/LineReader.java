package io.ferrymq.server.lines;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Schedule;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.store.LiveMessage;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what {@link LineWriter} writes. Not thread safe. */
public final class LineReader {
    private static final Pattern ID = Pattern.compile("(.*):(-?\\d{1,18}):(-?\\d{1,18}):(-?\\d{1,18})", Pattern.DOTALL);

    private final ObjectMapper mapper = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** @throws MalformedLineException saying what is wrong */
    public Line read(String line) {
        try {
            JsonNode node = mapper.readTree(line);
            Fields fields = new Fields(node);
            String kind = fields.text("kind");
            return switch (kind) {
                case "subscription" -> subscription(fields);
                case "message" -> new Line.OfMessage(live(fields));
                case "scheduled" -> new Line.OfScheduled(scheduled(fields));
                default ->
                    throw new MalformedLineException("'" + kind + "' is none of subscription, message, scheduled");
            };
        } catch (JsonProcessingException e) {
            throw new MalformedLineException("not JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw new MalformedLineException(String.valueOf(e.getMessage()));
        }
    }

    private static Line subscription(Fields fields) {
        DestinationName name = Name.read(fields.text("subscription"));
        if (!name.isSubscription() || name.physicalName().indexOf(':') < 0) {
            throw new MalformedLineException("'" + name + "' is not like subscription://CLIENT:NAME");
        }
        return new Line.OfSubscription(new Record.SubscriptionAdded(
                name,
                Name.read(fields.text("topics")),
                fields.optional("selector").orElse(""),
                fields.optional("deafTo").orElse("")));
    }

    private static LiveMessage live(Fields fields) {
        Message message = message(fields).build();
        Map<DestinationName, Integer> redeliveries = new LinkedHashMap<>();
        if (message.destination().isTopic()) {
            for (JsonNode one : fields.array("subscriptions")) {
                Fields kept = new Fields(one);
                redeliveries.put(Name.read(kept.text("subscription")), (int) kept.number("redeliveries", 0));
            }
        } else if (message.destination().isQueue()) {
            redeliveries.put(message.destination(), (int) fields.number("redeliveries", 0));
        } else {
            throw new MalformedLineException("a message is sent to a queue or a topic");
        }
        return new LiveMessage(fields.number("sequence", 0), message, redeliveries);
    }

    private static Record.MessageScheduled scheduled(Fields fields) {
        Fields schedule = new Fields(fields.object("schedule")
                .orElseThrow(() -> new MalformedLineException("a scheduled message needs 'schedule'")));
        Message message = message(fields)
                .schedule(new Schedule(
                        schedule.number("delay", 0),
                        schedule.number("period", 0),
                        (int) schedule.number("repeat", 0),
                        schedule.optional("cron").orElse("")))
                .build();
        return new Record.MessageScheduled(
                fields.number("sequence", 0), fields.number("due", 0), (int) fields.number("repeats", 0), message);
    }

    private static Message.Builder message(Fields fields) {
        DestinationName destination = Name.read(fields.text("destination"));
        Message.Builder message = Message.builder(id(fields), destination)
                .originalDestination(fields.name("originalDestination"))
                .replyTo(fields.name("replyTo"))
                .correlationId(fields.optional("correlationId").orElse(null))
                .type(fields.optional("type").orElse(null))
                .group(fields.optional("groupId").orElse(null), (int) fields.number("groupSequence", 0))
                .userId(fields.optional("userId").orElse(null))
                .persistent(fields.truth("persistent", true))
                .priority((byte) fields.number("priority", 4))
                .timestampMs(fields.number("timestamp", 0))
                .arrivalMs(fields.number("arrival", 0))
                .expirationMs(fields.number("expiration", 0))
                .properties(properties(fields))
                .extras(fields.bytes("extras"));
        fields.object("annotations").ifPresent(node -> {
            Map<String, Object> annotations = new HashMap<>();
            Values.read(node).forEach((key, value) -> annotations.put(key, annotation(value)));
            message.annotations(annotations);
        });
        body(fields, message);
        return message;
    }

    private static MessageId id(Fields fields) {
        Matcher id = ID.matcher(fields.text("id"));
        if (!id.matches()) {
            throw new MalformedLineException("'" + fields.text("id") + "' is no id like ID:HOST-1:1:1:1");
        }
        ProducerId producer = new ProducerId(id.group(1), Long.parseLong(id.group(2)), Long.parseLong(id.group(3)));
        return new MessageId(
                producer,
                Long.parseLong(id.group(4)),
                fields.optional("foreignId").orElse(""));
    }

    private static byte[] properties(Fields fields) {
        byte[] exact = fields.bytes("propertiesBase64");
        Optional<JsonNode> decoded = fields.object("properties");
        return exact == Message.ABSENT && decoded.isPresent() ? PrimitiveMap.encode(Values.read(decoded.get())) : exact;
    }

    private static Object annotation(@Nullable Object value) {
        if (value instanceof String || value instanceof Long || value instanceof Integer || value instanceof Boolean) {
            return value;
        }
        throw new MalformedLineException("an annotation is a text, a long, an int or a boolean, not " + value);
    }

    private static void body(Fields fields, Message.Builder message) {
        Optional<JsonNode> node = fields.object("body");
        if (node.isEmpty()) {
            return;
        }
        Fields body = new Fields(node.get());
        byte[] bytes = body.bytes("base64");
        if (bytes == Message.ABSENT && body.optional("text").isPresent()) {
            bytes = Body.ofText(body.text("text"));
        }
        message.body(Body.format(body.text("type")), body.truth("compressed", false), bytes);
    }

    /** The fields of an object, each of the type it must have. */
    private record Fields(JsonNode node) {
        private Fields {
            if (!node.isObject()) {
                throw new MalformedLineException("not a JSON object");
            }
        }

        String text(String field) {
            return optional(field).orElseThrow(() -> new MalformedLineException("'" + field + "' is missing"));
        }

        Optional<String> optional(String field) {
            return value(field).map(found -> {
                check(field, found.isTextual(), "a text");
                return found.textValue();
            });
        }

        long number(String field, long otherwise) {
            return value(field)
                    .map(found -> {
                        check(field, found.canConvertToLong() && found.isIntegralNumber(), "a whole number");
                        return found.longValue();
                    })
                    .orElse(otherwise);
        }

        boolean truth(String field, boolean otherwise) {
            return value(field)
                    .map(found -> {
                        check(field, found.isBoolean(), "true or false");
                        return found.booleanValue();
                    })
                    .orElse(otherwise);
        }

        Optional<JsonNode> object(String field) {
            return value(field).map(found -> {
                check(field, found.isObject(), "an object");
                return found;
            });
        }

        Iterable<JsonNode> array(String field) {
            return value(field)
                    .map(found -> {
                        check(field, found.isArray(), "a list");
                        return (Iterable<JsonNode>) found;
                    })
                    .orElse(List.of());
        }

        @Nullable
        DestinationName name(String field) {
            return optional(field).map(Name::read).orElse(null);
        }

        byte[] bytes(String field) {
            return optional(field).map(Base64.getDecoder()::decode).orElse(Message.ABSENT);
        }

        private Optional<JsonNode> value(String field) {
            return Optional.ofNullable(node.get(field)).filter(found -> !found.isNull());
        }

        private static void check(String field, boolean right, String what) {
            if (!right) {
                throw new MalformedLineException("'" + field + "' is not " + what);
            }
        }
    }
}
