package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Receipt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Receipts that do something before they pass an outcome on. Any thread. */
final class Outcomes {
    private Outcomes() {}

    /** Passes everything on; when refused, undoes first. */
    static Receipt onRefusal(Receipt next, Runnable undo) {
        return Receipt.of(next::done, refusal -> {
            undo.run();
            next.refused(refusal);
        });
    }

    /** When done, {@code step} runs and calls what it is given to pass that on; a refusal goes on at once. */
    static Receipt before(Receipt next, Consumer<Runnable> step) {
        return Receipt.of(() -> step.accept(next::done), next::refused);
    }

    /** Passes everything on; then, whatever it was, {@code step} runs. */
    static Receipt andThen(Receipt next, Runnable step) {
        return Receipt.of(
                () -> {
                    next.done();
                    step.run();
                },
                refusal -> {
                    next.refused(refusal);
                    step.run();
                });
    }

    /** Done when {@code count} receipts are, refused or not; at once when there are none. */
    static Receipt afterAll(int count, Receipt next) {
        if (count == 0) {
            next.done();
            return Receipt.NONE;
        }
        AtomicInteger missing = new AtomicInteger(count);
        return Receipt.always(() -> {
            if (missing.decrementAndGet() == 0) {
                next.done();
            }
        });
    }
}
