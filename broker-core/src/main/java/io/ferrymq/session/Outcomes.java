package io.ferrymq.session;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;

/** Receipts that do something before they pass an outcome on. Any thread. */
final class Outcomes {
    private Outcomes() {}

    /** When done, goes on with {@code next}; a refusal is passed to {@code receipt}. */
    static Receipt then(Receipt receipt, Runnable next) {
        return new Receipt() {
            @Override
            public void done() {
                next.run();
            }

            @Override
            public void refused(Refusal refusal) {
                receipt.refused(refusal);
            }
        };
    }
}
