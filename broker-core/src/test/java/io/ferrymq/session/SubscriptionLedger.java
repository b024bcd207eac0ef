package io.ferrymq.session;

import io.ferrymq.flow.Delivery;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may still come to one durable subscription, from when it was asked for to when it is gone. What was published after it was there must
 * come, what was published before it was asked for must not, and what came once comes again until it is acknowledged, over any restart.
 */
final class SubscriptionLedger {
    /** Which topics, and which messages of them. */
    record Wanted(String topics, String colour) {
        boolean wants(Message message) {
            boolean topic = DestinationName.topic(topics).members().stream()
                    .map(DestinationPattern::of)
                    .anyMatch(pattern -> pattern.matches(message.destination()));
            return topic
                    && (colour.isEmpty()
                            || new String(message.properties(), StandardCharsets.UTF_8).equals("colour=" + colour));
        }

        String selector() {
            return colour.isEmpty() ? "" : "colour = '" + colour + "'";
        }
    }

    private enum Fate {
        MAY,
        MUST,
        GONE
    }

    private static final class Entry {
        final Message message;
        Fate fate = Fate.MAY;
        /** It was published when the subscription was there. */
        boolean due;

        boolean held;
        boolean seen;
        /** It is acknowledged, but the disk may not know yet. */
        boolean unwritten;

        Entry(Message message) {
            this.message = message;
        }
    }

    final Wanted wanted;
    private final Map<MessageId, Entry> entries = new HashMap<>();
    private boolean there;

    SubscriptionLedger(Wanted wanted) {
        this.wanted = wanted;
    }

    /** The broker has said so. */
    void isThere() {
        there = true;
    }

    /** Somebody asks for it to be published. */
    void published(Message message, boolean ending) {
        if (wanted.wants(message)) {
            Entry entry = entries.computeIfAbsent(message.id(), any -> new Entry(message));
            entry.due = there && !ending && message.persistent();
        }
    }

    /** The broker has said that it was. */
    void arrived(Message message) {
        Entry entry = entries.get(message.id());
        if (entry != null && entry.due && entry.fate == Fate.MAY) {
            entry.fate = Fate.MUST;
        }
    }

    void delivered(Delivery delivery) {
        Entry entry = entries.get(delivery.message().id());
        if (entry == null || entry.held || entry.fate == Fate.GONE) {
            String why = entry == null ? "not for it" : "held=" + entry.held + ", fate=" + entry.fate;
            throw new AssertionError("must not be delivered: " + why + ", " + delivery);
        }
        if (entry.seen && delivery.redeliveries() == 0) {
            throw new AssertionError("delivered again without saying so: " + delivery);
        }
        entry.held = true;
        entry.seen = true;
        entry.fate = delivery.message().persistent() ? Fate.MUST : Fate.MAY;
    }

    void acknowledged(Delivery delivery) {
        Entry entry = entries.get(delivery.message().id());
        entry.held = false;
        entry.fate = Fate.GONE;
        entry.unwritten = true;
    }

    void givenBack(List<Delivery> deliveries) {
        deliveries.forEach(delivery -> entries.get(delivery.message().id()).held = false);
    }

    /** Nothing is on its way. */
    void allWritten() {
        entries.values().forEach(entry -> entry.unwritten = false);
    }

    /**
     * Nothing is on its way, and its consumer could take more: what was published and is not with it will never come.
     *
     * @param open those whose publishing has not been answered
     */
    void allDelivered(Set<MessageId> open) {
        entries.values().forEach(entry -> {
            if (entry.fate == Fate.MUST && !entry.held) {
                throw new AssertionError("not delivered: " + entry.message);
            }
            if (entry.fate == Fate.MAY && !entry.held && !open.contains(entry.message.id())) {
                entry.fate = Fate.GONE;
            }
        });
    }

    void restarted() {
        entries.values().removeIf(entry -> !entry.message.persistent());
        for (Entry entry : entries.values()) {
            entry.held = false;
            if (entry.unwritten) {
                entry.fate = Fate.MAY;
                entry.unwritten = false;
            }
        }
    }
}
