package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Xid;
import io.ferrymq.transaction.Change;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a shard can be asked to do. */
public sealed interface Command {
    /** One per command, for a switch that the compiler checks. */
    enum Kind {
        SEND,
        SEND_IN_TRANSACTION,
        ACKNOWLEDGE,
        ACKNOWLEDGE_IN_TRANSACTION,
        PULL,
        PULL_FROM_ALL,
        SUBSCRIBE,
        UNSUBSCRIBE,
        CHANGE_PREFETCH,
        RESUME,
        COMMIT,
        YIELD_PART,
        GATHER,
        APPLY_SHARE,
        UNDO_SHARE,
        ROLLBACK,
        ADOPT,
        ADD_DESTINATION,
        REQUIRE_DESTINATION,
        REMOVE_DESTINATION,
        REMOVE_SUBSCRIPTION,
        DISOWN,
        SEGMENT_STARTED,
        MAKE_ROOM,
        BODIES_READ,
        INSPECT,
        DELIVER_NO_MORE,
        DRAIN,
        JOURNAL_FAILED,
        JOIN_TRANSACTION,
        WITH_SCHEDULES,
        WITH_DURABLES,
        ADVANCE,
        LIST_PREPARED
    }

    Kind kind();

    record Send(Message message, boolean mayBeDuplicate, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.SEND;
        }
    }

    /**
     * @param waitsForMemory the receipt stays away while memory is full: for one send to several destinations; within a
     *     client's transaction it must not, because the commit would not be read behind it
     */
    record SendInTransaction(
            OpenTransaction transaction,
            Message message,
            boolean mayBeDuplicate,
            boolean waitsForMemory,
            Receipt receipt)
            implements Command {
        @Override
        public Kind kind() {
            return Kind.SEND_IN_TRANSACTION;
        }
    }

    record Acknowledge(Subscription subscription, AckRange range, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.ACKNOWLEDGE;
        }
    }

    record AcknowledgeInTransaction(
            OpenTransaction transaction, Subscription subscription, AckRange range, Receipt receipt)
            implements Command {
        @Override
        public Kind kind() {
            return Kind.ACKNOWLEDGE_IN_TRANSACTION;
        }
    }

    record Pull(Subscription subscription, long timeoutMs) implements Command {
        @Override
        public Kind kind() {
            return Kind.PULL;
        }
    }

    /** A consumer with several subscriptions, whose window is open already, asks them one after the other. */
    record PullFromAll(List<Part> parts, int next, long pull, long timeoutMs) implements Command {
        @Override
        public Kind kind() {
            return Kind.PULL_FROM_ALL;
        }
    }

    /** One of the subscriptions of a consumer, and where it is. */
    record Part(Shard shard, Subscription subscription) {}

    record Subscribe(Subscription subscription, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.SUBSCRIBE;
        }
    }

    record Unsubscribe(Subscription subscription, LastDelivered last, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.UNSUBSCRIBE;
        }
    }

    record ChangePrefetch(Subscription subscription, int prefetch) implements Command {
        @Override
        public Kind kind() {
            return Kind.CHANGE_PREFETCH;
        }
    }

    /** The consumer may have credit again, or room on its way: another part of it said so. {@code then} runs on the shard. */
    record Resume(Subscription subscription, Runnable then) implements Command {
        @Override
        public Kind kind() {
            return Kind.RESUME;
        }
    }

    /** Ends a durable subscription. */
    record RemoveSubscription(DestinationName subscription, DurableChange change, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.REMOVE_SUBSCRIPTION;
        }
    }

    /** Commits a transaction that has touched only this shard. */
    record CommitHere(OpenTransaction transaction, Commit commit) implements Command {
        @Override
        public Kind kind() {
            return Kind.COMMIT;
        }
    }

    /** Gives this shard's part of a transaction to the shard that gathers. */
    record YieldPart(OpenTransaction transaction, Commit commit, Shard gatherer) implements Command {
        @Override
        public Kind kind() {
            return Kind.YIELD_PART;
        }
    }

    /** A part arrives at the gathering shard. */
    record Gather(Commit commit, Commit.Share share) implements Command {
        @Override
        public Kind kind() {
            return Kind.GATHER;
        }
    }

    /** The commit is durable: its share takes effect here. */
    record ApplyShare(Commit.Share share, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.APPLY_SHARE;
        }
    }

    /** The commit was refused: its share is undone here. */
    record UndoShare(Commit.Share share, Refusal why) implements Command {
        @Override
        public Kind kind() {
            return Kind.UNDO_SHARE;
        }
    }

    record Rollback(OpenTransaction transaction, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.ROLLBACK;
        }
    }

    /** Durable messages of another shard's move arrive. */
    record Adopt(List<Settlement.Addition> additions) implements Command {
        @Override
        public Kind kind() {
            return Kind.ADOPT;
        }
    }

    /** Creates, also temporary ones, which belong to {@code owner} from now on. */
    record AddDestination(DestinationName destination, long owner, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.ADD_DESTINATION;
        }
    }

    /** Creates unless temporary; a temporary one must exist. */
    record RequireDestination(DestinationName destination, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.REQUIRE_DESTINATION;
        }
    }

    /** @param force also when it has consumers */
    record RemoveDestination(DestinationName destination, boolean force, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.REMOVE_DESTINATION;
        }
    }

    /** Removes a temporary destination whose owner ends, unless the owner's successor has added it again. */
    record Disown(DestinationName destination, long owner, Receipt receipt) implements Command {
        @Override
        public Kind kind() {
            return Kind.DISOWN;
        }
    }

    /** Messages were read from the journal; {@code then} takes them. */
    record BodiesRead(Runnable then) implements Command {
        @Override
        public Kind kind() {
            return Kind.BODIES_READ;
        }
    }

    /** The oldest segment is to go: see Journal.Listener.makeRoom. */
    record MakeRoom(long upTo) implements Command {
        @Override
        public Kind kind() {
            return Kind.MAKE_ROOM;
        }
    }

    /** A new journal segment has begun: see Journal.Listener.segmentStarted. */
    record SegmentStarted() implements Command {
        @Override
        public Kind kind() {
            return Kind.SEGMENT_STARTED;
        }
    }

    /** Hands out a picture of this shard's destinations, on the shard's thread. */
    record Inspect(Consumer<List<DestinationCount>> reader) implements Command {
        @Override
        public Kind kind() {
            return Kind.INSPECT;
        }
    }

    /** The broker stops: what its consumers give back is given to nobody else. */
    record DeliverNoMore() implements Command {
        @Override
        public Kind kind() {
            return Kind.DELIVER_NO_MORE;
        }
    }

    /** Runs {@code whenDrained} once everything before it is durable and applied. */
    record Drain(Runnable whenDrained) implements Command {
        @Override
        public Kind kind() {
            return Kind.DRAIN;
        }
    }

    record JournalFailed() implements Command {
        @Override
        public Kind kind() {
            return Kind.JOURNAL_FAILED;
        }
    }

    /** Something beside messages becomes part of a transaction. */
    record JoinTransaction(OpenTransaction transaction, Change change) implements Command {
        @Override
        public Kind kind() {
            return Kind.JOIN_TRANSACTION;
        }
    }

    /** Asks or changes the schedules of this shard, on the shard's thread. */
    record WithSchedules(Consumer<Schedules> action) implements Command {
        @Override
        public Kind kind() {
            return Kind.WITH_SCHEDULES;
        }
    }

    /** A step of what the durable subscriptions of several shards do together. */
    record WithDurables(Consumer<Durables> action) implements Command {
        @Override
        public Kind kind() {
            return Kind.WITH_DURABLES;
        }
    }

    /**
     * A step of a global transaction, for the shard of the {@link Coordinator}.
     *
     * @param known what the client has begun under this name, if anything
     * @param resumed the client may ask again for what was done before its failover
     */
    record Advance(TransactionId.Global id, Optional<OpenTransaction> known, Step step, boolean resumed, Vote vote)
            implements Command {
        /** The steps there are. */
        public enum Step {
            PREPARE,
            COMMIT_ONE_PHASE,
            COMMIT_TWO_PHASE,
            ROLLBACK,
            FORGET,
            /** The connection that started it is gone: rolled back unless prepared. */
            ABANDON
        }

        @Override
        public Kind kind() {
            return Kind.ADVANCE;
        }
    }

    /** Hands out the prepared transactions, on the shard of the {@link Coordinator}. */
    record ListPrepared(Consumer<List<Prepared>> reader) implements Command {
        @Override
        public Kind kind() {
            return Kind.LIST_PREPARED;
        }
    }

    /** One transaction that waits for its outcome. */
    record Prepared(Xid xid, long preparedMs, int sends, int acknowledged) {}

    /** A moment's counts of one destination. */
    record DestinationCount(DestinationName name, long messages, int consumers) {}
}
