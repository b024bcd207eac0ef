package io.ferrymq.flow;

/**
 * What becomes of a request to prepare: {@link #done} means prepared, for good and durable; {@link #readOnly} that there was
 * nothing to do and the transaction is over.
 */
public interface Vote extends Receipt {
    void readOnly();

    /** For the other requests about a transaction, where nothing to do is as good as done. */
    static Vote of(Receipt receipt) {
        return new Vote() {
            @Override
            public void done() {
                receipt.done();
            }

            @Override
            public void readOnly() {
                receipt.done();
            }

            @Override
            public void refused(Refusal refusal) {
                receipt.refused(refusal);
            }
        };
    }
}
