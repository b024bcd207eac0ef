package io.ferrymq.journal;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Xid;
import java.util.List;
import java.util.Optional;

/**
 * A fact that changes what a consumer can observe after a restart. Replaying all records in order gives the hard state of the
 * broker.
 */
public sealed interface Record {
    /** The stable type byte of a record on disk; never reuse one. */
    enum Type {
        MESSAGE_ADDED(1),
        MESSAGES_REMOVED(2),
        DELIVERIES_COUNTED(3),
        DESTINATION_ADDED(4),
        DESTINATION_REMOVED(5),
        STOPPED_CLEANLY(6),
        TRANSACTION_PREPARED(9),
        TRANSACTION_RESOLVED(10);

        private static final Type[] ALL = values();

        private final byte code;

        Type(int code) {
            this.code = (byte) code;
        }

        public byte code() {
            return code;
        }

        /** Whether a record of this type pins its segment until {@link Journal#release}. */
        public boolean live() {
            return this == MESSAGE_ADDED || this == DESTINATION_ADDED || this == TRANSACTION_PREPARED;
        }

        /** The type with this code; empty when this build knows none. */
        public static Optional<Type> of(byte code) {
            for (Type type : ALL) {
                if (type.code == code) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    Type type();

    /** A persistent message is in the backlog of {@code message.destination()}. {@code sequence}: see Delivery. */
    record MessageAdded(long sequence, Message message) implements Record {
        @Override
        public Type type() {
            return Type.MESSAGE_ADDED;
        }
    }

    /** Messages have left a backlog for good: acknowledged, expired, moved. Unknown sequences are ignored on replay. */
    record MessagesRemoved(DestinationName destination, long[] sequences) implements Record {
        @Override
        public Type type() {
            return Type.MESSAGES_REMOVED;
        }
    }

    /** Messages have now been delivered {@code counts[i]} times without being acknowledged. */
    record DeliveriesCounted(DestinationName destination, long[] sequences, int[] counts) implements Record {
        @Override
        public Type type() {
            return Type.DELIVERIES_COUNTED;
        }
    }

    /** The destination exists, also without messages. Adding it again changes nothing. */
    record DestinationAdded(DestinationName destination) implements Record {
        @Override
        public Type type() {
            return Type.DESTINATION_ADDED;
        }
    }

    /** The destination is gone with all its messages. */
    record DestinationRemoved(DestinationName destination) implements Record {
        @Override
        public Type type() {
            return Type.DESTINATION_REMOVED;
        }
    }

    /**
     * The broker stopped in order: every delivery count before it is exact. A log that does not end with it ended in a crash,
     * and any message may have been delivered. {@code nextSequence} is where message sequences go on.
     */
    record StoppedCleanly(long nextSequence) implements Record {
        @Override
        public Type type() {
            return Type.STOPPED_CLEANLY;
        }
    }

    /**
     * One part of a global transaction that waits for its outcome: what it has acknowledged, what it would send. All parts are in
     * one entry, numbered from 0; an entry with the same name replaces the one before it.
     */
    record TransactionPrepared(
            Xid xid, long preparedMs, int part, List<MessagesRemoved> acknowledged, List<Message> sends)
            implements Record {
        @Override
        public Type type() {
            return Type.TRANSACTION_PREPARED;
        }
    }

    /** A prepared transaction has its outcome; what a commit changes is said by the other records of its entry. */
    record TransactionResolved(Xid xid, boolean committed) implements Record {
        @Override
        public Type type() {
            return Type.TRANSACTION_RESOLVED;
        }
    }
}
