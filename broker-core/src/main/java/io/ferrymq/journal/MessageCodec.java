package io.ferrymq.journal;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationName.Kind;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Schedule;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A message as bytes: a flag word that says which optional parts follow, then the parts in the order of the flags. Absent
 * bytes have no flag; zero bytes have the flag and length 0. See docs/journal-format.md.
 */
final class MessageCodec {
    private static final int PERSISTENT = 1;
    private static final int COMPRESSED = 1 << 1;
    private static final int FOREIGN_ID = 1 << 2;
    private static final int ORIGINAL_DESTINATION = 1 << 3;
    private static final int REPLY_TO = 1 << 4;
    private static final int CORRELATION_ID = 1 << 5;
    private static final int TYPE = 1 << 6;
    private static final int GROUP_ID = 1 << 7;
    private static final int USER_ID = 1 << 8;
    private static final int GROUP_SEQUENCE = 1 << 9;
    private static final int EXPIRATION = 1 << 10;
    private static final int BODY = 1 << 11;
    private static final int PROPERTIES = 1 << 12;
    private static final int EXTRAS = 1 << 13;
    private static final int ANNOTATIONS = 1 << 14;
    private static final int SCHEDULE = 1 << 15;
    private static final int KNOWN_FLAGS = (1 << 16) - 1;

    private MessageCodec() {}

    static int maxLength(Message message) {
        MessageId id = message.id();
        long length = 4 + 7 * Packer.MAX_NUMBER;
        length += Packer.maxText(id.producer().connection()) + Packer.maxText(id.foreignId());
        length += maxDestination(message.destination());
        length +=
                message.originalDestination().map(MessageCodec::maxDestination).orElse(0);
        length += message.replyTo().map(MessageCodec::maxDestination).orElse(0);
        length += maxText(message.correlationId()) + maxText(message.type());
        length += maxText(message.groupId()) + maxText(message.userId());
        length += Packer.maxBytes(message.body()) + Packer.maxBytes(message.properties());
        length += Packer.maxBytes(message.extras()) + Packer.MAX_NUMBER;
        for (Map.Entry<String, Object> entry : message.annotations().entrySet()) {
            length += Packer.maxText(entry.getKey()) + 1 + maxValue(entry.getValue());
        }
        length += message.schedule()
                .map(schedule -> 3 * Packer.MAX_NUMBER + Packer.maxText(schedule.cron()))
                .orElse(0);
        return Math.toIntExact(length);
    }

    static int maxDestination(DestinationName destination) {
        return 1 + Packer.maxText(destination.physicalName());
    }

    private static int maxText(Optional<String> value) {
        return value.map(Packer::maxText).orElse(0);
    }

    private static int maxValue(Object value) {
        return value instanceof String text ? Packer.maxText(text) : Packer.MAX_NUMBER;
    }

    static void encode(Message message, ByteBuffer to) {
        MessageId id = message.id();
        int flags = flags(message);
        to.putShort((short) flags);
        to.put(message.priority()).put(message.format());
        Packer.text(to, id.producer().connection());
        Packer.number(to, id.producer().session());
        Packer.number(to, id.producer().number());
        Packer.number(to, id.sequence());
        destination(to, message.destination());
        Packer.number(to, message.timestampMs());
        Packer.number(to, message.arrivalMs());
        if ((flags & FOREIGN_ID) != 0) {
            Packer.text(to, id.foreignId());
        }
        message.originalDestination().ifPresent(name -> destination(to, name));
        message.replyTo().ifPresent(name -> destination(to, name));
        message.correlationId().ifPresent(text -> Packer.text(to, text));
        message.type().ifPresent(text -> Packer.text(to, text));
        message.groupId().ifPresent(text -> Packer.text(to, text));
        message.userId().ifPresent(text -> Packer.text(to, text));
        if ((flags & GROUP_SEQUENCE) != 0) {
            Packer.number(to, message.groupSequence());
        }
        if ((flags & EXPIRATION) != 0) {
            Packer.number(to, message.expirationMs());
        }
        bytes(to, message.body());
        bytes(to, message.properties());
        bytes(to, message.extras());
        if ((flags & ANNOTATIONS) != 0) {
            annotations(to, message.annotations());
        }
        message.schedule().ifPresent(schedule -> schedule(to, schedule));
    }

    private static void schedule(ByteBuffer to, Schedule schedule) {
        Packer.number(to, schedule.delayMs());
        Packer.number(to, schedule.periodMs());
        Packer.number(to, schedule.repeat());
        Packer.text(to, schedule.cron());
    }

    private static int flags(Message message) {
        return bit(PERSISTENT, message.persistent())
                | bit(COMPRESSED, message.compressed())
                | bit(FOREIGN_ID, !message.id().foreignId().isEmpty())
                | bit(ORIGINAL_DESTINATION, message.originalDestination().isPresent())
                | bit(REPLY_TO, message.replyTo().isPresent())
                | bit(CORRELATION_ID, message.correlationId().isPresent())
                | bit(TYPE, message.type().isPresent())
                | bit(GROUP_ID, message.groupId().isPresent())
                | bit(USER_ID, message.userId().isPresent())
                | bit(GROUP_SEQUENCE, message.groupSequence() != 0)
                | bit(EXPIRATION, message.expirationMs() != 0)
                | bit(BODY, message.body() != Message.ABSENT)
                | bit(PROPERTIES, message.properties() != Message.ABSENT)
                | bit(EXTRAS, message.extras() != Message.ABSENT)
                | bit(ANNOTATIONS, !message.annotations().isEmpty())
                | bit(SCHEDULE, message.isScheduled());
    }

    private static int bit(int flag, boolean set) {
        return set ? flag : 0;
    }

    private static void bytes(ByteBuffer to, byte[] value) {
        if (value != Message.ABSENT) {
            Packer.bytes(to, value);
        }
    }

    static void destination(ByteBuffer to, DestinationName destination) {
        to.put(
                switch (destination.kind()) {
                    case QUEUE -> (byte) 1;
                    case TOPIC -> (byte) 2;
                    case TEMP_QUEUE -> (byte) 3;
                    case TEMP_TOPIC -> (byte) 4;
                    case SUBSCRIPTION -> (byte) 5;
                });
        Packer.text(to, destination.physicalName());
    }

    /** In the order of the keys, so that the same message always gives the same bytes. */
    private static void annotations(ByteBuffer to, Map<String, Object> annotations) {
        Packer.number(to, annotations.size());
        new TreeMap<>(annotations).forEach((key, value) -> {
            Packer.text(to, key);
            annotation(to, value);
        });
    }

    private static void annotation(ByteBuffer to, Object value) {
        if (value instanceof String text) {
            Packer.text(to.put((byte) 1), text);
        } else if (value instanceof Long number) {
            Packer.number(to.put((byte) 2), number);
        } else if (value instanceof Integer number) {
            Packer.number(to.put((byte) 3), number);
        } else if (value instanceof Boolean truth) {
            to.put(truth ? (byte) 5 : (byte) 4);
        } else {
            throw new IllegalArgumentException(
                    "no annotation can be a " + value.getClass().getName());
        }
    }

    /** Where it is and which it is, from its first fields. */
    static String outline(Unpacker from) {
        from.unsigned16();
        from.octet();
        from.octet();
        ProducerId producer = new ProducerId(from.text(), from.number(), from.number());
        MessageId id = new MessageId(producer, from.number());
        return destination(from) + " " + id;
    }

    static Message decode(Unpacker from) {
        int flags = from.unsigned16();
        if ((flags & ~KNOWN_FLAGS) != 0) {
            throw new MalformedRecordException("unknown message flags: flags=" + flags);
        }
        byte priority = from.octet();
        byte format = from.octet();
        ProducerId producer = new ProducerId(from.text(), from.number(), from.number());
        long sequence = from.number();
        DestinationName destination = destination(from);
        long timestampMs = from.number();
        long arrivalMs = from.number();
        String foreignId = (flags & FOREIGN_ID) != 0 ? from.text() : "";
        Message.Builder message = Message.builder(new MessageId(producer, sequence, foreignId), destination)
                .persistent((flags & PERSISTENT) != 0)
                .priority(priority)
                .timestampMs(timestampMs)
                .arrivalMs(arrivalMs);
        headers(from, flags, message);
        message.body(format, (flags & COMPRESSED) != 0, bytes(from, flags & BODY));
        message.properties(bytes(from, flags & PROPERTIES));
        message.extras(bytes(from, flags & EXTRAS));
        if ((flags & ANNOTATIONS) != 0) {
            message.annotations(annotations(from));
        }
        if ((flags & SCHEDULE) != 0) {
            message.schedule(new Schedule(from.number(), from.number(), from.int32(), from.text()));
        }
        return message.build();
    }

    private static void headers(Unpacker from, int flags, Message.Builder message) {
        if ((flags & ORIGINAL_DESTINATION) != 0) {
            message.originalDestination(destination(from));
        }
        if ((flags & REPLY_TO) != 0) {
            message.replyTo(destination(from));
        }
        if ((flags & CORRELATION_ID) != 0) {
            message.correlationId(from.text());
        }
        if ((flags & TYPE) != 0) {
            message.type(from.text());
        }
        String groupId = (flags & GROUP_ID) != 0 ? from.text() : null;
        if ((flags & USER_ID) != 0) {
            message.userId(from.text());
        }
        message.group(groupId, (flags & GROUP_SEQUENCE) != 0 ? from.int32() : 0);
        if ((flags & EXPIRATION) != 0) {
            message.expirationMs(from.number());
        }
    }

    private static byte[] bytes(Unpacker from, int present) {
        return present == 0 ? Message.ABSENT : from.bytes();
    }

    static DestinationName destination(Unpacker from) {
        byte code = from.octet();
        Kind kind =
                switch (code) {
                    case 1 -> Kind.QUEUE;
                    case 2 -> Kind.TOPIC;
                    case 3 -> Kind.TEMP_QUEUE;
                    case 4 -> Kind.TEMP_TOPIC;
                    case 5 -> Kind.SUBSCRIPTION;
                    default -> throw new MalformedRecordException("unknown destination kind: code=" + code);
                };
        String name = from.text();
        if (name.isBlank()) {
            throw new MalformedRecordException("destination without a name");
        }
        return new DestinationName(kind, name);
    }

    private static Map<String, Object> annotations(Unpacker from) {
        int count = from.count();
        Map<String, Object> annotations = new HashMap<>();
        for (int i = 0; i < count; i++) {
            annotations.put(from.text(), annotation(from));
        }
        return annotations;
    }

    private static Object annotation(Unpacker from) {
        byte code = from.octet();
        return switch (code) {
            case 1 -> from.text();
            case 2 -> from.number();
            case 3 -> from.int32();
            case 4 -> Boolean.FALSE;
            case 5 -> Boolean.TRUE;
            default -> throw new MalformedRecordException("unknown annotation type: code=" + code);
        };
    }
}
