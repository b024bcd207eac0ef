package io.ferrymq.shard;

import io.ferrymq.flow.Refusal;
import io.ferrymq.message.Xid;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Answers steps of global transactions that are over, or that never were. Remembers the last outcomes, because some questions come
 * late: a client that comes back after a failover asks again for what it has no answer to, and a transaction manager may roll
 * back what has told it that it failed. Owned by the {@link Coordinator}.
 */
final class Outcomes {
    private static final int REMEMBERED = 1_000;

    /** How a transaction ended. */
    enum Outcome {
        COMMITTED,
        ROLLED_BACK,
        /** Rolled back though asked to prepare or commit. */
        FAILED
    }

    private final Map<Xid, Outcome> last = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Xid, Outcome> eldest) {
            return size() > REMEMBERED;
        }
    };

    void remember(Xid xid, Outcome outcome) {
        last.remove(xid);
        last.put(xid, outcome);
    }

    void answer(Command.Advance step) {
        Outcome outcome = last.get(step.id().xid());
        switch (step.step()) {
            case ABANDON -> step.vote().done();
            case PREPARE -> answerPrepare(step, outcome == Outcome.FAILED);
            case COMMIT_ONE_PHASE, COMMIT_TWO_PHASE -> {
                if (outcome == Outcome.FAILED) {
                    step.vote().refused(failedBefore());
                } else {
                    answer(step, outcome == Outcome.COMMITTED && step.resumed());
                }
            }
            case ROLLBACK, FORGET -> {
                boolean again = outcome == Outcome.ROLLED_BACK && step.resumed();
                answer(step, outcome == Outcome.FAILED || again);
            }
        }
    }

    private static void answerPrepare(Command.Advance step, boolean hasFailed) {
        step.vote().refused(hasFailed ? failedBefore() : OpenTransaction.neverBegun(step.id()));
    }

    private static void answer(Command.Advance step, boolean isDone) {
        if (isDone) {
            step.vote().done();
        } else {
            step.vote().refused(OpenTransaction.notStarted(step.id()));
        }
    }

    private static Refusal failedBefore() {
        return new Refusal(Refusal.Code.TRANSACTION, "it had failed before").rolledBack();
    }
}
