package io.ferrymq.journal;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What can be said of a damaged record from its first bytes, for the log: a guess, since a checksum did not match. Never throws.
 * No state, any thread.
 */
public final class RecordOutline {
    private static final int MOST_CHARACTERS = 300;

    private RecordOutline() {}

    /**
     * The destination and, where it has one, the message id of the record; empty when they cannot be made out.
     *
     * @param payload from its position on; may end before the record does
     */
    public static Optional<String> of(byte typeCode, ByteBuffer payload) {
        try {
            return Record.Type.of(typeCode)
                    .flatMap(type -> of(type, payload.duplicate()))
                    .map(RecordOutline::printable);
        } catch (MalformedRecordException e) {
            return Optional.empty(); // damaged so near to its beginning that nothing can be said
        }
    }

    private static Optional<String> of(Record.Type type, ByteBuffer payload) {
        Unpacker from = new Unpacker(payload);
        if (from.octet() != RecordCodec.VERSION) {
            return Optional.empty();
        }
        return switch (type) {
            case MESSAGE_ADDED -> message(from, 1);
            case MESSAGE_SCHEDULED -> message(from, 3);
            case MESSAGES_REMOVED,
                    DELIVERIES_COUNTED,
                    DESTINATION_ADDED,
                    DESTINATION_REMOVED,
                    SUBSCRIPTION_ADDED,
                    SUBSCRIPTION_REMOVED,
                    SCHEDULES_ENDED ->
                Optional.of(MessageCodec.destination(from).toString());
            case MESSAGE_MOVED -> moved(from);
            case STOPPED_CLEANLY,
                    DELIVERIES_SUSPECTED,
                    TRANSACTION_PREPARED,
                    TRANSACTION_RESOLVED,
                    MESSAGES_WAITING,
                    PRODUCERS_SEEN -> Optional.empty();
        };
    }

    private static Optional<String> moved(Unpacker from) {
        from.number();
        for (int left = from.count(); left > 0; left--) {
            MessageCodec.destination(from);
            from.number();
        }
        return message(from, 0);
    }

    /** @param numbers how many numbers come before the message */
    private static Optional<String> message(Unpacker from, int numbers) {
        for (int i = 0; i < numbers; i++) {
            from.number();
        }
        return Optional.of(MessageCodec.outline(from));
    }

    /** What is damaged may hold anything; a line in a log must stay one. */
    private static String printable(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > MOST_CHARACTERS ? clean.substring(0, MOST_CHARACTERS) + "..." : clean;
    }
}
