package io.ferrymq.selector;

import java.util.List;

/** Conditions joined by {@code AND}, however many: a flat node, so that a long chain is not a deep tree. */
final class AllOf implements Condition {
    private final Condition[] operands;

    AllOf(List<Condition> operands) {
        this.operands = operands.toArray(Condition[]::new);
    }

    List<Condition> operands() {
        return List.of(operands);
    }

    @Override
    public Truth test(Candidate candidate) {
        Truth all = Truth.TRUE;
        for (Condition operand : operands) {
            Truth one = operand.test(candidate);
            if (one == Truth.FALSE) {
                return one;
            }
            all = one == Truth.UNKNOWN ? one : all;
        }
        return all;
    }
}
