package io.ferrymq.selector;

import java.util.List;

/** Conditions joined by {@code OR}, however many: a flat node, so that a long chain is not a deep tree. */
final class AnyOf implements Condition {
    private final Condition[] operands;

    AnyOf(List<Condition> operands) {
        this.operands = operands.toArray(Condition[]::new);
    }

    List<Condition> operands() {
        return List.of(operands);
    }

    @Override
    public Truth test(Candidate candidate) {
        Truth any = Truth.FALSE;
        for (Condition operand : operands) {
            Truth one = operand.test(candidate);
            if (one == Truth.TRUE) {
                return one;
            }
            any = one == Truth.UNKNOWN ? one : any;
        }
        return any;
    }
}
