package io.ferrymq.session;

import io.ferrymq.flow.Refusal;
import io.ferrymq.queue.Filter;
import io.ferrymq.selector.Selector;
import java.util.Optional;

/** Which messages a consumer asks for, understood; or why it cannot be. Immutable. */
record Selection(Filter filter, Optional<Refusal> refusal) {
    static Selection of(ConsumerSpec consumer) {
        String deafTo = consumer.noLocal() ? consumer.id().connection() : "";
        if (consumer.selector().isBlank()) {
            Filter all = deafTo.isEmpty() ? Filter.ALL : new Filter(Selector.ALL, deafTo);
            return new Selection(all, Optional.empty());
        }
        Selector.Outcome outcome = Selector.parse(consumer.selector());
        if (outcome instanceof Selector.Outcome.Accepted accepted) {
            return new Selection(new Filter(accepted.selector(), deafTo), Optional.empty());
        }
        Selector.Outcome.Rejected rejected = (Selector.Outcome.Rejected) outcome;
        String what = consumer.selector() + ": " + rejected.reason() + " at column " + rejected.column();
        return new Selection(Filter.ALL, Optional.of(new Refusal(Refusal.Code.INVALID_SELECTOR, what)));
    }
}
