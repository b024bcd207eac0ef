package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.transaction.TransactionPart;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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

    private final int partCount;
    private final Receipt receipt;
    private final List<Share> shares = new ArrayList<>();

    /** @param partCount how many shards take part */
    public Commit(int partCount, Receipt receipt) {
        this.partCount = partCount;
        this.receipt = receipt;
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

    Receipt receipt() {
        return receipt;
    }
}
