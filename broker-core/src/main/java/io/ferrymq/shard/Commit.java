package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.Message;
import io.ferrymq.transaction.TransactionPart;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One commit on its way: parts yielded by their shards, gathered by the shard that writes the journal entry for all of them.
 * Owned by that gathering shard.
 */
public final class Commit {
    /** A part with where its sends go, null for nowhere, and their sequences and LSNs, once known. */
    static final class Share {
        final Shard owner;
        final TransactionPart part;
        final List<@Nullable Destination> targets = new ArrayList<>();
        /** Which sends have a record; said by the owner, who knows whether anybody keeps them. */
        final BitSet journaled = new BitSet();

        final List<Settlement.Addition> additions = new ArrayList<>();
        /** Where the records of the part's changes are: in the entry, then in the journal. */
        long changesAt;

        Share(Shard owner, TransactionPart part) {
            this.owner = owner;
            this.part = part;
        }
    }

    /** What a global transaction wants to know, on the gathering shard. */
    interface Global {
        /** All shares of a prepare are there. */
        default void gathered(Commit prepare) {
            throw new IllegalStateException("this is no prepare");
        }

        /** The commit is written. */
        void durable();

        /** Something had failed: the shares are undone. */
        void refused(Refusal refusal);
    }

    /** What is done with the shares. */
    enum Kind {
        LOCAL,
        /** A prepare: the parts stay with their shards, and are only looked at. */
        PREPARE,
        ONE_PHASE,
        /** Nothing may refuse it: it was prepared. */
        TWO_PHASE
    }

    private final int partCount;
    private final Receipt receipt;
    private final Kind kind;
    private final @Nullable Global global;
    private final List<Record> resolution;
    private final List<Share> shares = new ArrayList<>();

    /** @param partCount how many shards take part */
    public Commit(int partCount, Receipt receipt) {
        this(Kind.LOCAL, partCount, receipt, List.of(), null);
    }

    /** @param resolution what is written with it */
    Commit(Kind kind, int partCount, Receipt receipt, List<Record> resolution, @Nullable Global global) {
        this.kind = kind;
        this.partCount = partCount;
        this.receipt = receipt;
        this.resolution = resolution;
        this.global = global;
    }

    boolean isPrepare() {
        return kind == Kind.PREPARE;
    }

    /** Whether messages are written with it that might as well not be: what was prepared must. */
    boolean addsMessages() {
        if (isPromised()) {
            return false;
        }
        return shares.stream()
                .anyMatch(share -> isPrepare()
                        ? !share.part.sends().isEmpty()
                        : !share.journaled.isEmpty()
                                || share.part.sends().stream().anyMatch(Message::isScheduled));
    }

    boolean isPromised() {
        return kind == Kind.TWO_PHASE;
    }

    void add(Share share) {
        shares.add(share);
    }

    boolean isComplete() {
        return shares.size() == partCount;
    }

    List<Share> shares() {
        return shares;
    }

    List<Record> resolution() {
        return resolution;
    }

    Optional<Refusal> firstFailure() {
        return shares.stream()
                .flatMap(share -> share.part.firstFailure().stream())
                .findFirst();
    }

    void gathered() {
        if (global != null) {
            global.gathered(this);
        }
    }

    void durable() {
        if (global != null) {
            global.durable();
        }
    }

    void refused(Refusal refusal) {
        if (global != null) {
            global.refused(refusal);
        } else {
            receipt.refused(refusal);
        }
    }

    Receipt receipt() {
        return receipt;
    }
}
