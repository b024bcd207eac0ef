package io.ferrymq.session;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.session.Bench.Answer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What may still come of each message, from what its clients have asked for and been answered. Fails what must not be. */
final class MessageLedger {
    /** Whether a message may, must or must not be delivered. */
    enum Fate {
        /** Sent in an open transaction. */
        UNDECIDED,
        /** Sent, not answered. */
        ON_ITS_WAY,
        THERE,
        /** Nobody can tell: a crash or a removal came between. */
        PERHAPS,
        GONE
    }

    private record Key(MessageId id, DestinationName sentTo) {}

    private record Awaited(Answer answer, Runnable whenDone, Consumer<Refusal> whenRefused) {}

    private static final class Entry {
        final Message message;
        Fate fate;
        boolean held;
        /** Sent or taken in a global transaction that is prepared: nobody gets it, also after a restart. */
        boolean prepared;
        /** It is gone, but the disk does not know yet. */
        boolean unwritten;

        @Nullable
        DestinationName deliveredFrom;

        Entry(Message message, Fate fate) {
            this.message = message;
            this.fate = fate;
        }

        boolean mayVanish() {
            return message.expirationMs() > 0 && !message.persistent();
        }
    }

    private final Map<Key, Entry> entries = new HashMap<>();
    private final List<Awaited> awaited = new ArrayList<>();

    void promise(Message message, Fate fate) {
        keys(message).forEach(key -> entries.put(key, new Entry(message, fate)));
    }

    void become(Message message, Fate fate) {
        each(message, entry -> entry.fate = entry.fate == Fate.PERHAPS ? Fate.PERHAPS : fate);
    }

    void arrived(Message message) {
        each(message, entry -> {
            if (entry.fate == Fate.ON_ITS_WAY) {
                entry.fate = entry.mayVanish() ? Fate.PERHAPS : Fate.THERE;
            }
        });
    }

    void await(Answer answer, Runnable whenDone) {
        awaited.add(new Awaited(answer, whenDone, refusal -> {
            throw new AssertionError("refused: " + refusal);
        }));
    }

    void awaitEither(Answer answer, Runnable whenDone) {
        awaited.add(new Awaited(answer, whenDone, refusal -> {}));
    }

    /** @param whenRefused for a transaction that found no memory; any other refusal is a fault */
    void awaitTogether(Answer commit, List<Message> sent, List<Delivery> taken, Runnable whenRefused) {
        Runnable whenDone = () -> {
            sent.forEach(this::arrived);
            taken.forEach(delivery -> entryOf(delivery, entry -> entry.fate = Fate.GONE));
        };
        awaited.add(new Awaited(commit, whenDone, refusal -> {
            if (!refusal.message().contains("memory limit reached")) {
                throw new AssertionError("refused: " + refusal);
            }
            whenRefused.run();
        }));
    }

    /** Its acknowledgement was undone; whoever had it still has it. */
    void hold(Delivery delivery) {
        entryOf(delivery, entry -> entry.held = true);
    }

    /** @param stalled the disk takes nothing now */
    void readAnswers(boolean stalled) {
        for (Iterator<Awaited> all = awaited.iterator(); all.hasNext(); ) {
            Awaited one = all.next();
            if (one.answer.isDone()) {
                one.whenDone.run();
                all.remove();
            } else if (!one.answer.isOpen()) {
                one.whenRefused.accept(one.answer.refusal());
                all.remove();
            }
        }
        if (!stalled) {
            entries.values().forEach(entry -> entry.unwritten = false);
        }
    }

    void delivered(Delivery delivery) {
        entryOf(delivery, entry -> {
            DestinationName from = delivery.message().destination();
            if (entry.held || entry.fate == Fate.GONE || entry.fate == Fate.UNDECIDED) {
                throw new AssertionError("must not be delivered: held=" + entry.held + ", fate=" + entry.fate + ", "
                        + delivery + ", sent=" + entry.message);
            }
            if (delivery.message().body().length != entry.message.body().length) {
                throw new AssertionError("delivered without its body: " + delivery);
            }
            if (from.equals(entry.deliveredFrom) && delivery.redeliveries() == 0) {
                throw new AssertionError("delivered again without saying so: " + delivery);
            }
            entry.held = true;
            entry.deliveredFrom = from;
        });
    }

    /** Acknowledged outside of transactions. */
    void settle(Delivery delivery, AckType type, boolean stalled) {
        entryOf(delivery, entry -> {
            entry.held = false;
            if (type != AckType.POISON || !entry.message.persistent()) {
                entry.fate = Fate.GONE;
                entry.unwritten = stalled;
            } else {
                entry.deliveredFrom = null;
            }
        });
    }

    /** Acknowledged in a transaction that is being committed. */
    void letGo(Delivery delivery) {
        entryOf(delivery, entry -> {
            entry.held = false;
            entry.fate = Fate.PERHAPS;
        });
    }

    void giveBack(List<Delivery> deliveries) {
        deliveries.forEach(delivery -> entryOf(delivery, entry -> entry.held = false));
    }

    /** A global transaction keeps these until its outcome. */
    void prepare(List<Message> sent, Collection<Delivery> taken) {
        sent.forEach(message -> each(message, entry -> {
            entry.fate = Fate.UNDECIDED;
            entry.prepared = true;
        }));
        taken.forEach(delivery -> entryOf(delivery, entry -> {
            entry.held = true;
            entry.prepared = true;
        }));
    }

    /** It does not keep them any more: what it took may come again, what it sent is as {@link #become} says. */
    void unprepare(List<Message> sent, Collection<Delivery> taken) {
        sent.forEach(message -> each(message, entry -> entry.prepared = false));
        taken.forEach(delivery -> entryOf(delivery, entry -> {
            entry.held = false;
            entry.prepared = false;
        }));
    }

    void gone(Delivery delivery) {
        entryOf(delivery, entry -> entry.fate = Fate.GONE);
    }

    void removed(DestinationName queue) {
        entries.forEach((key, entry) -> {
            boolean may = entry.fate != Fate.GONE && entry.fate != Fate.UNDECIDED;
            if (key.sentTo.equals(queue) && may) {
                entry.fate = Fate.PERHAPS;
            }
        });
    }

    /** The broker is another one now, over the same disk. */
    void restarted() {
        awaited.clear();
        for (Entry entry : entries.values()) {
            boolean sentAndPrepared = entry.prepared && entry.fate == Fate.UNDECIDED;
            entry.held = entry.prepared && entry.held && entry.message.persistent();
            if (sentAndPrepared) {
                continue;
            }
            if (!entry.message.persistent() || entry.fate == Fate.UNDECIDED) {
                entry.fate = Fate.GONE;
            } else if (entry.fate == Fate.ON_ITS_WAY || entry.unwritten) {
                entry.fate = Fate.PERHAPS;
            }
            entry.unwritten = false;
        }
    }

    /** Messages that should have come, and answers. */
    List<String> missing() {
        Stream<String> messages = entries.entrySet().stream()
                .filter(one -> one.getValue().fate == Fate.THERE || one.getValue().fate == Fate.ON_ITS_WAY)
                .map(one -> one.getValue().fate + " " + one.getKey());
        return Stream.concat(messages, awaited.stream().map(one -> "no answer: " + one))
                .toList();
    }

    private void each(Message message, Consumer<Entry> action) {
        keys(message).forEach(key -> action.accept(entries.get(key)));
    }

    private static List<Key> keys(Message message) {
        return Stream.of(message.destination().physicalName().split(","))
                .map(name -> new Key(message.id(), DestinationName.queue(name)))
                .toList();
    }

    private void entryOf(Delivery delivery, Consumer<Entry> action) {
        Message message = delivery.message();
        boolean letter = message.destination().physicalName().equals("ActiveMQ.DLQ");
        DestinationName sentTo = letter ? message.originalDestination().orElseThrow() : message.destination();
        action.accept(entries.get(new Key(message.id(), sentTo)));
    }
}
