package io.ferrymq.session;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.DeliveryOrder;
import io.ferrymq.flow.Join;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Window;
import io.ferrymq.shard.Command;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of a client, whose I/O thread owns it: the subscriptions it has in the shards, and what makes one consumer of them
 * when there are several, a window and an order of deliveries.
 */
final class OpenConsumer {
    private final List<Attachment> attachments;
    private final Window window;
    private final @Nullable DeliveryOrder order;
    /** Set by the shard that refuses it. */
    private final AtomicBoolean refused = new AtomicBoolean();

    /** @param order where there are several subscriptions, or one to several destinations */
    OpenConsumer(List<Attachment> attachments, Window window, @Nullable DeliveryOrder order) {
        this.attachments = List.copyOf(attachments);
        this.window = window;
        this.order = order;
    }

    /** Subscribes in every shard concerned: everywhere, or when one refuses, nowhere. */
    void subscribe(Receipt receipt, Handoff handoff) {
        Join join = new Join(attachments.size(), Receipt.of(receipt::done, refusal -> {
            refused.set(true);
            unsubscribe(LastDelivered.NONE, Receipt.NONE, Handoff.AT_ONCE); // a shard says so
            receipt.refused(refusal);
        }));
        attachments.forEach(one -> one.put(new Command.Subscribe(one.subscription(), join), handoff));
    }

    void unsubscribe(long lastDelivered, Receipt receipt, Handoff handoff) {
        Join join = new Join(attachments.size(), receipt);
        LastDelivered last = order == null ? LastDelivered.of(lastDelivered) : order.upTo(lastDelivered);
        attachments.forEach(one -> one.put(new Command.Unsubscribe(one.subscription(), last, join), handoff));
    }

    /** A shard has refused it: it is none of the client's consumers. */
    boolean isRefused() {
        return refused.get();
    }

    void pull(long timeoutMs, Handoff handoff) {
        Attachment first = attachments.get(0);
        if (attachments.size() == 1) {
            first.put(new Command.Pull(first.subscription(), timeoutMs), handoff);
        } else {
            long pull = window.pull();
            List<Command.Part> parts = attachments.stream()
                    .map(one -> new Command.Part(one.shard(), one.subscription()))
                    .toList();
            first.put(new Command.PullFromAll(parts, 0, pull, timeoutMs), handoff);
        }
    }

    void changePrefetch(int prefetch, Handoff handoff) {
        if (attachments.size() == 1) {
            Attachment only = attachments.get(0);
            only.put(new Command.ChangePrefetch(only.subscription(), prefetch), handoff);
        } else { // once and here, as with a pull, which may follow at once
            window.changePrefetch(prefetch);
            window.shareCredit();
        }
    }

    /** The way to the client has room again. */
    void resume() {
        attachments.forEach(one -> one.put(new Command.Resume(one.subscription(), () -> {}), Handoff.AT_ONCE));
    }

    /** What an acknowledgement is for a subscription. */
    interface PartOfAcknowledgement {
        void of(Attachment attachment, AckRange range, Receipt receipt);
    }

    /**
     * Takes an acknowledgement apart.
     *
     * @param settles it is outside a transaction, or the transaction is committed
     */
    void acknowledge(AckRange range, boolean settles, Receipt receipt, PartOfAcknowledgement part) {
        if (order == null) {
            part.of(attachmentFor(range), range, receipt);
            return;
        }
        if (range.type() == AckType.DELIVERED) { // nothing but the window, which is for all of them
            window.delivered(range.count());
            window.shareCredit();
            receipt.done();
            return;
        }
        List<AckRange> ranges = order.split(range, settles && range.type() != AckType.REDELIVERED);
        if (ranges.isEmpty()) {
            part.of(attachmentFor(range), range, receipt); // which says what is wrong with it
            return;
        }
        Join join = new Join(ranges.size(), receipt);
        ranges.forEach(one -> part.of(attachmentFor(one), one, join));
    }

    /** Whether it has several destinations, whose deliveries are in one order. */
    boolean isSpread() {
        return order != null;
    }

    /** The transaction that the acknowledgement is in is committed. */
    void settle(AckRange range) {
        if (order != null) {
            order.split(range, true);
        }
    }

    private Attachment attachmentFor(AckRange range) {
        for (int i = 0; i < attachments.size(); i++) {
            if (attachments.get(i).concerns(range.destination())) {
                return attachments.get(i);
            }
        }
        return attachments.get(0);
    }
}
