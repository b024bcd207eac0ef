package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.queue.QueueBrowser;
import io.ferrymq.transaction.TransactionPart;
import java.util.Optional;

/** A browser of one queue. */
public final class BrowserSubscription extends Subscription {
    private final DestinationName name;
    private final QueueBrowser browser;

    public BrowserSubscription(DestinationName name, QueueBrowser browser, DeliverySink sink) {
        super(browser.id(), sink);
        this.name = name;
        this.browser = browser;
    }

    @Override
    void attach(Destinations destinations, Receipt receipt) {
        Destination destination = destinations.findOrCreate(name);
        if (destination == null) {
            receipt.refused(destinations.missing(name));
        } else {
            destination.queue().browse(browser);
            receipt.done();
        }
    }

    @Override
    void resume() {}

    @Override
    void detach(LastDelivered last) {
        browser.close();
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range) {
        if (range.type() == AckType.DELIVERED) {
            browser.delivered(range.count());
        } else if (range.type() != AckType.REDELIVERED) {
            browser.acknowledged(range.count());
        }
        return Optional.empty();
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range, TransactionPart part) {
        return acknowledge(range);
    }

    @Override
    void changePrefetch(int prefetch) {
        browser.changePrefetch(prefetch);
    }

    @Override
    long startPull() {
        browser.pull();
        return 0; // it has answered, with a message or with "nothing more"
    }

    @Override
    void whenLooked(Runnable then) {
        then.run();
    }

    @Override
    boolean isPullOpen() {
        return false;
    }

    @Override
    boolean endPull(long pull) {
        return false;
    }
}
