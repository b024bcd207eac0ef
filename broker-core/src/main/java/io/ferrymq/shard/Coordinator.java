package io.ferrymq.shard;

import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.Record.TransactionPrepared;
import io.ferrymq.journal.Record.TransactionResolved;
import io.ferrymq.message.Message;
import io.ferrymq.message.Xid;
import io.ferrymq.shard.Outcomes.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides the outcome of global (XA) transactions, one step of each at a time, whoever asks. Owned by the first shard.
 *
 * <pre>
 *   open ---prepare---> written down, durable: prepared ---commit, rollback---> written down, durable: over
 *     |        +------> no work in it: over, "read only"                        then done in all shards
 *     |        +------> something had failed: undone, over, remembered as such
 *     +---commit in one phase, rollback, loss of its connection---------------> over
 * </pre>
 */
final class Coordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    /** As many lines of log at start are enough. */
    private static final int MOST_LOGGED = 20;

    private final Shard shard;
    private final ShardContext context;
    private final Transactions transactions;
    private final GlobalTransactions registry;
    /** Those that take no more work and are not over yet. */
    private final Map<OpenTransaction, Branch> branches = new LinkedHashMap<>();

    private final Outcomes outcomes = new Outcomes();

    Coordinator(Shard shard, ShardContext context, Transactions transactions, GlobalTransactions registry) {
        this.shard = shard;
        this.context = context;
        this.transactions = transactions;
        this.registry = registry;
    }

    void advance(Command.Advance step) {
        OpenTransaction transaction = meant(step).orElse(null);
        Branch branch = transaction == null ? null : branches.get(transaction);
        if (branch != null && branch.busy) {
            branch.waiting.add(step);
        } else if (branch != null) {
            onPrepared(branch, step);
        } else if (transaction == null || transaction.isClosed()) {
            outcomes.answer(step);
        } else {
            onOpen(transaction, step);
        }
    }

    /** What the client began, unless that is over; else what has the name now. */
    private Optional<OpenTransaction> meant(Command.Advance step) {
        if (step.step() == Command.Advance.Step.ABANDON) {
            return step.known();
        }
        return step.known()
                .filter(known -> !known.isClosed() || branches.containsKey(known))
                .or(() -> registry.find(step.id()));
    }

    private void onOpen(OpenTransaction transaction, Command.Advance step) {
        switch (step.step()) {
            case PREPARE -> prepare(transaction, step);
            case COMMIT_ONE_PHASE -> commitOnePhase(transaction, step);
            case COMMIT_TWO_PHASE ->
                step.vote()
                        .refused(new Refusal(
                                Refusal.Code.GLOBAL_TRANSACTION_STATE,
                                "Cannot do 2 phase commit if the transaction has not been prepared"));
            case ROLLBACK, FORGET, ABANDON -> {
                transaction.close();
                rollBack(branch(transaction), Outcome.ROLLED_BACK, step.vote());
            }
        }
    }

    private void onPrepared(Branch branch, Command.Advance step) {
        switch (step.step()) {
            case PREPARE, ABANDON -> step.vote().done();
            case COMMIT_ONE_PHASE, COMMIT_TWO_PHASE -> commitPrepared(branch, step.vote());
            case ROLLBACK, FORGET -> rollBackPrepared(branch, step.vote());
        }
    }

    private Branch branch(OpenTransaction transaction) {
        Branch branch = new Branch(transaction);
        branches.put(transaction, branch);
        return branch;
    }

    private void prepare(OpenTransaction transaction, Command.Advance step) {
        if (!registry.close(transaction)) {
            outcomes.answer(step);
            return;
        }
        Branch branch = branch(transaction);
        gather(branch, Commit.Kind.PREPARE, step.vote(), List.of(), new Commit.Global() {
            @Override
            public void gathered(Commit prepare) {
                vote(branch, prepare, step.vote());
            }

            @Override
            public void durable() {}

            @Override
            public void refused(Refusal refusal) {}
        });
    }

    private void gather(
            Branch branch, Commit.Kind kind, Receipt receipt, List<Record> resolution, Commit.Global global) {
        List<Shard> touched = List.copyOf(branch.transaction.touched());
        Commit commit = new Commit(kind, touched.size(), receipt, resolution, global);
        if (touched.isEmpty()) {
            transactions.conclude(commit);
        }
        for (Shard owner : touched) {
            owner.inbox().put(new Command.YieldPart(branch.transaction, commit, shard));
        }
    }

    private void vote(Branch branch, Commit prepare, Vote vote) {
        Optional<Refusal> failure =
                branch.transaction.refusal().or(prepare::firstFailure).or(this::checkPreparedCount);
        if (failure.isPresent()) {
            Refusal refusal = failure.get().rolledBack();
            rollBack(branch, Outcome.FAILED, Receipt.always(() -> vote.refused(refusal)));
        } else if (isWithoutWork(prepare)) {
            rollBack(branch, null, Receipt.always(vote::readOnly));
        } else {
            writeDown(branch, prepare, vote);
        }
    }

    private Optional<Refusal> checkPreparedCount() {
        long prepared = branches.values().stream().filter(Branch::isPrepared).count();
        int limit = context.limits().preparedTransactions();
        return prepared < limit
                ? Optional.empty()
                : Optional.of(new Refusal(
                        Refusal.Code.RESOURCE_LIMIT,
                        "too many prepared transactions: limit=" + limit
                                + "; commit or roll back some, or raise limits.preparedTransactions"));
    }

    private static boolean isWithoutWork(Commit prepare) {
        return prepare.shares().stream()
                .allMatch(share -> share.part.sends().isEmpty()
                        && share.part.acknowledged().values().stream().allMatch(List::isEmpty));
    }

    private void writeDown(Branch branch, Commit prepare, Vote vote) {
        List<Record.MessagesRemoved> acknowledged = new ArrayList<>();
        List<Message> sends = new ArrayList<>();
        for (Commit.Share share : prepare.shares()) {
            share.part
                    .acknowledged()
                    .forEach((queue, entries) -> Transactions.addRemoval(acknowledged, queue, entries));
            sends.addAll(share.part.sends());
        }
        Xid xid = branch.xid();
        long nowMs = context.clock().epochMs();
        List<TransactionPrepared> parts = new ArrayList<>(sends.size() + 1);
        parts.add(new TransactionPrepared(xid, nowMs, 0, acknowledged, List.of()));
        for (Message message : sends) {
            parts.add(new TransactionPrepared(xid, nowMs, parts.size(), List.of(), List.of(message)));
        }
        branch.parts = parts;
        context.outlet().appendAndPark(List.copyOf(parts), firstLsn -> {
            JournalEntry entry = new JournalEntry(List.copyOf(parts), true);
            entry.assignLsn(firstLsn);
            branch.writtenAs(entry);
            vote.done();
            advanceWaiting(branch);
        });
    }

    private void commitOnePhase(OpenTransaction transaction, Command.Advance step) {
        if (!registry.close(transaction)) {
            outcomes.answer(step);
            return;
        }
        Branch branch = branch(transaction);
        if (transaction.refusal().isPresent()) {
            rollBack(branch, Outcome.FAILED, Receipt.NONE);
            step.vote().refused(transaction.refusal().get().rolledBack());
            return;
        }
        gather(branch, Commit.Kind.ONE_PHASE, step.vote(), List.of(), new Commit.Global() {
            @Override
            public void durable() {
                end(branch, Outcome.COMMITTED);
            }

            @Override
            public void refused(Refusal refusal) {
                end(branch, Outcome.FAILED);
                step.vote().refused(new Refusal(Refusal.Code.TRANSACTION_ROLLED_BACK, refusal.message()));
            }
        });
    }

    private void commitPrepared(Branch branch, Vote vote) {
        branch.busy = true;
        List<Record> resolution = List.of(new TransactionResolved(branch.xid(), true));
        gather(branch, Commit.Kind.TWO_PHASE, vote, resolution, new Commit.Global() {
            @Override
            public void durable() {
                releaseEntry(branch);
                end(branch, Outcome.COMMITTED);
            }

            @Override
            public void refused(Refusal refusal) {
                throw new IllegalStateException("a prepared transaction cannot fail: " + branch.xid());
            }
        });
    }

    private void rollBackPrepared(Branch branch, Vote vote) {
        branch.busy = true;
        context.outlet().appendAndPark(List.of(new TransactionResolved(branch.xid(), false)), lsn -> {
            releaseEntry(branch);
            rollBack(branch, Outcome.ROLLED_BACK, vote);
        });
    }

    private void releaseEntry(Branch branch) {
        if (branch.entry != null) {
            context.outlet().release(branch.entry);
        }
    }

    /** It is over, and undone in all shards once the receipt is done. */
    private void rollBack(Branch branch, @Nullable Outcome outcome, Receipt receipt) {
        Join join = new Join(branch.transaction.touched().size() + 1, receipt);
        for (Shard owner : branch.transaction.touched()) {
            owner.inbox().put(new Command.Rollback(branch.transaction, join));
        }
        end(branch, outcome);
        join.done();
    }

    /** @param outcome to be remembered, null for none */
    private void end(Branch branch, @Nullable Outcome outcome) {
        registry.remove(branch.transaction);
        branch.transaction.end();
        branches.remove(branch.transaction);
        branch.busy = false;
        if (outcome == Outcome.COMMITTED) {
            branch.transaction.committed();
        }
        if (outcome != null) {
            outcomes.remember(branch.xid(), outcome);
        }
        advanceWaiting(branch);
    }

    private void advanceWaiting(Branch branch) {
        while (!branch.busy && !branch.waiting.isEmpty()) {
            advance(branch.waiting.remove());
        }
    }

    void list(Consumer<List<Command.Prepared>> reader) {
        reader.accept(branches.values().stream()
                .filter(branch -> branch.entry != null)
                .map(Branch::view)
                .toList());
    }

    /** Lets prepared transactions go on in a newer segment, so that they never pin an old one for long. */
    void appendAgain(long upTo) {
        for (Branch branch : branches.values()) {
            JournalEntry entry = branch.entry;
            boolean old = entry != null && context.outlet().isDurable(entry) && entry.firstLsn() <= upTo;
            if (!branch.busy && entry != null && old) {
                branch.writtenAs(context.outlet().append(branch.parts, entry));
            }
        }
    }

    /** For a snapshot: what is prepared. */
    void tell(Journal.Visitor snapshot) {
        for (Branch branch : branches.values()) {
            JournalEntry entry = branch.entry;
            for (int i = 0; entry != null && i < branch.parts.size(); i++) {
                snapshot.onRecord(entry.firstLsn() + i, branch.parts.get(i));
            }
        }
    }

    /** From the journal, before the shard runs. */
    void restore(OpenTransaction transaction, List<TransactionPrepared> parts, JournalEntry entry) {
        Branch branch = branch(transaction);
        branch.parts = parts;
        branch.writtenAs(entry);
        registry.restore(transaction);
    }

    /** Says what recovery has found: somebody must decide about it. */
    void logPrepared() {
        long nowMs = context.clock().epochMs();
        list(all -> {
            for (Command.Prepared one : all.subList(0, Math.min(all.size(), MOST_LOGGED))) {
                LOG.warn(
                        "a prepared transaction waits for its outcome: xid={}, age={} s, sends={}, acknowledged={};"
                                + " its transaction manager must recover it, or an operator decide",
                        one.xid(),
                        (nowMs - one.preparedMs()) / 1_000,
                        one.sends(),
                        one.acknowledged());
            }
            if (all.size() > MOST_LOGGED) {
                LOG.warn("{} more prepared transactions wait for their outcome", all.size() - MOST_LOGGED);
            }
        });
    }
}
