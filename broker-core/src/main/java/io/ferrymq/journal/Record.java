package io.ferrymq.journal;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A fact that changes what a consumer can observe after a restart. Replaying all records in order gives the hard state of the
 * broker.
 */
public sealed interface Record {
    /** The message that a backlog has by this record; null for records of other kinds. */
    default @Nullable Message queued() {
        return null;
    }

    /**
     * The records of the log that are live according to a snapshot that tells this one.
     *
     * @param lsn of this one in the log
     */
    default long[] liveAt(long lsn) {
        return type().live() ? new long[] {lsn} : new long[0];
    }

    /** The stable type byte of a record on disk; never reuse one. */
    enum Type {
        MESSAGE_ADDED(1),
        MESSAGES_REMOVED(2),
        DELIVERIES_COUNTED(3),
        DESTINATION_ADDED(4),
        DESTINATION_REMOVED(5),
        STOPPED_CLEANLY(6),
        SUBSCRIPTION_ADDED(7),
        SUBSCRIPTION_REMOVED(8),
        TRANSACTION_PREPARED(9),
        TRANSACTION_RESOLVED(10),
        MESSAGE_SCHEDULED(11),
        SCHEDULES_ENDED(12),
        MESSAGE_MOVED(13),
        DELIVERIES_SUSPECTED(14),
        MESSAGES_WAITING(15),
        PRODUCERS_SEEN(16);

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
            return switch (this) {
                case MESSAGE_ADDED,
                        MESSAGE_MOVED,
                        DESTINATION_ADDED,
                        SUBSCRIPTION_ADDED,
                        MESSAGE_SCHEDULED,
                        TRANSACTION_PREPARED -> true;
                default -> false;
            };
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
        public Message queued() {
            return message;
        }

        @Override
        public Type type() {
            return Type.MESSAGE_ADDED;
        }
    }

    /**
     * The message is still in these backlogs, with so many deliveries each; this is its record now, in the place of an older one, which
     * need not be there any more.
     */
    record MessageMoved(long sequence, Message message, List<DestinationName> backlogs, int[] counts)
            implements Record {
        @Override
        public Message queued() {
            return message;
        }

        @Override
        public Type type() {
            return Type.MESSAGE_MOVED;
        }
    }

    /**
     * In snapshots only: these messages are in the backlog, one after the other.
     *
     * @param priorities by which the backlog may order
     * @param lsns of the records that have them
     * @param expirationsS seconds since 1970, rounded up; 0 for never
     * @param counts of deliveries
     */
    record MessagesWaiting(
            DestinationName backlog,
            long[] sequences,
            long[] lsns,
            int[] priorities,
            int[] footprints,
            int[] expirationsS,
            int[] counts)
            implements Record {
        @Override
        public long[] liveAt(long lsn) {
            return lsns;
        }

        /** Those at these places. */
        public MessagesWaiting only(int[] places) {
            return new MessagesWaiting(
                    backlog,
                    IntStream.of(places).mapToLong(at -> sequences[at]).toArray(),
                    IntStream.of(places).mapToLong(at -> lsns[at]).toArray(),
                    IntStream.of(places).map(at -> priorities[at]).toArray(),
                    IntStream.of(places).map(at -> footprints[at]).toArray(),
                    IntStream.of(places).map(at -> expirationsS[at]).toArray(),
                    IntStream.of(places).map(at -> counts[at]).toArray());
        }

        @Override
        public Type type() {
            return Type.MESSAGES_WAITING;
        }
    }

    /** In snapshots only: the newest messages that each of these producers has sent to a queue, for recognising duplicates. */
    record ProducersSeen(List<Mark> marks) implements Record {
        /** One of them alone. */
        public ProducersSeen of(Mark mark) {
            return new ProducersSeen(List.of(mark));
        }

        /**
         * One producer and one queue.
         *
         * @param sequence of the newest message
         * @param window which were seen of the {@link #WINDOW} up to it: bit 0 is the newest
         */
        public record Mark(ProducerId producer, DestinationName queue, long sequence, long window) {
            public static final int WINDOW = Long.SIZE;
        }

        @Override
        public Type type() {
            return Type.PRODUCERS_SEEN;
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

    /** The broker has crashed before this: each message in a backlog may have been delivered, and counts one delivery at least. */
    record DeliveriesSuspected() implements Record {
        @Override
        public Type type() {
            return Type.DELIVERIES_SUSPECTED;
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
     * The durable subscription exists: it is given each message to its topics that its selector matches. Adding it again changes the
     * connection it is deaf to.
     *
     * @param subscription its name, and that of its backlog in the other records
     * @param topics as the client named them, perhaps a composite or with wildcards
     * @param selector or empty
     * @param deafTo the connection whose messages it does not want (noLocal), or empty
     */
    record SubscriptionAdded(DestinationName subscription, DestinationName topics, String selector, String deafTo)
            implements Record {
        @Override
        public Type type() {
            return Type.SUBSCRIPTION_ADDED;
        }
    }

    /** The durable subscription is gone with its backlog. */
    record SubscriptionRemoved(DestinationName subscription) implements Record {
        @Override
        public Type type() {
            return Type.SUBSCRIPTION_REMOVED;
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
     * A message waits for its time, in a job that {@code job} names for ever. Where the job was known before, this takes the
     * place of its older record.
     *
     * @param repeats how often it is sent after that before its schedule begins anew or ends; negative is for ever
     */
    record MessageScheduled(long job, long dueMs, int repeats, Message message) implements Record {
        @Override
        public Type type() {
            return Type.MESSAGE_SCHEDULED;
        }
    }

    /** These jobs of messages to {@code destination} are over: sent for the last time, or removed. */
    record SchedulesEnded(DestinationName destination, long[] jobs) implements Record {
        @Override
        public Type type() {
            return Type.SCHEDULES_ENDED;
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
