package io.ferrymq.flow;

import java.util.function.Consumer;

/**
 * What becomes of one request. Exactly one of the two methods is called, once, on a shard or I/O thread; neither may block or
 * throw.
 */
public interface Receipt {
    /** Done, and durable where durability was asked for. */
    void done();

    /** Not done; nothing was changed. */
    void refused(Refusal refusal);

    /** For requests nobody waits for. */
    Receipt NONE = new Receipt() {
        @Override
        public void done() {}

        @Override
        public void refused(Refusal refusal) {}
    };

    /** One of two actions, by the outcome. */
    static Receipt of(Runnable whenDone, Consumer<Refusal> whenRefused) {
        return new Receipt() {
            @Override
            public void done() {
                whenDone.run();
            }

            @Override
            public void refused(Refusal refusal) {
                whenRefused.accept(refusal);
            }
        };
    }

    /** The same action, whatever the outcome. */
    static Receipt always(Runnable action) {
        return of(action, refusal -> action.run());
    }
}
