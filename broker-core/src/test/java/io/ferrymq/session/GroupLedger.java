package io.ferrymq.session;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of message groups over what a queue was seen to do, one delivery after the other: who has which group, where it begins, in which order its
 * messages come, and who could be given what.
 */
final class GroupLedger {
    private enum State {
        READY,
        HELD,
        TAKEN,
        DONE
    }

    /** A message that has arrived. */
    static final class Entry {
        private final Message message;
        private State state = State.READY;

        @Nullable
        private Delivery delivery;

        @Nullable
        private Consumer holder;

        private Entry(Message message) {
            this.message = message;
        }

        Message message() {
            return message;
        }

        Delivery delivery() {
            if (delivery == null) {
                throw new AssertionError("never delivered: " + this);
            }
            return delivery;
        }

        private boolean isOf(String group) {
            return group.equals(message.groupIdOrNull());
        }

        @Override
        public String toString() {
            return message.id() + " of " + message.groupIdOrNull() + ":" + message.groupSequence() + " " + state
                    + new String(message.properties(), StandardCharsets.UTF_8);
        }
    }

    /** One that is there. Its window is that of ActiveMQ: what is acknowledged in a transaction counts until that ends. */
    static final class Consumer {
        private final ConsumerId id;
        private final int prefetch;
        private final String colour;
        private final boolean exclusive;
        private final List<Entry> has = new ArrayList<>();
        private boolean pullIsOpen;

        Consumer(ConsumerId id, int prefetch, String colour, boolean exclusive) {
            this.id = id;
            this.prefetch = prefetch;
            this.colour = colour;
            this.exclusive = exclusive;
        }

        ConsumerId id() {
            return id;
        }

        boolean pulls() {
            return prefetch == 0;
        }

        /** What it may acknowledge. */
        List<Entry> held() {
            return has.stream().filter(entry -> entry.state == State.HELD).toList();
        }

        private boolean hasCredit() {
            return pulls() ? pullIsOpen : has.size() < prefetch;
        }

        private boolean wants(Entry entry) {
            String properties = new String(entry.message.properties(), StandardCharsets.UTF_8);
            return colour.isEmpty() || properties.equals("colour=" + colour);
        }

        @Override
        public String toString() {
            return id + "[prefetch=" + prefetch + ", colour=" + colour + ", exclusive=" + exclusive + ", has=" + has
                    + "]";
        }
    }

    private final boolean mayForget;
    /** In the order of the queue. */
    private final Map<MessageId, Entry> entries = new LinkedHashMap<>();

    private final Map<String, Consumer> owners = new HashMap<>();
    private final List<Consumer> consumers = new ArrayList<>();

    /** @param mayForget there are more groups than the queue need remember */
    GroupLedger(boolean mayForget) {
        this.mayForget = mayForget;
    }

    List<Consumer> consumers() {
        return consumers;
    }

    Entry entry(MessageId id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            throw new AssertionError("acknowledged or never there: " + id);
        }
        return entry;
    }

    /** What nobody has acknowledged. */
    List<Entry> left() {
        return List.copyOf(entries.values());
    }

    void arrives(Message message) {
        entries.put(message.id(), new Entry(message));
    }

    boolean hasExclusive() {
        return consumers.stream().anyMatch(consumer -> consumer.exclusive);
    }

    void comes(Consumer consumer) {
        consumers.add(consumer);
        if (consumer.exclusive) {
            owners.clear();
        }
    }

    void goes(Consumer consumer) {
        consumers.remove(consumer);
        owners.values().removeIf(owner -> owner == consumer);
        for (Entry entry : consumer.has) {
            entry.holder = null;
            if (entry.state == State.HELD) {
                entry.state = State.READY;
            }
        }
    }

    void pulls(Consumer consumer) {
        consumer.pullIsOpen = true;
    }

    void done(Entry entry) {
        entry.state = State.DONE;
        if (entry.holder != null) {
            entry.holder.has.remove(entry);
        }
        entries.remove(entry.message.id());
    }

    /** Acknowledged in the transaction. */
    void taken(Entry entry) {
        entry.state = State.TAKEN;
    }

    private List<Entry> allTaken() {
        return entries.values().stream()
                .filter(entry -> entry.state == State.TAKEN)
                .toList();
    }

    void commit() {
        allTaken().forEach(this::done);
    }

    void rollBack() {
        allTaken().forEach(entry -> entry.state = entry.holder == null ? State.READY : State.HELD);
    }

    void delivered(Delivery delivery) {
        Entry entry = entry(delivery.message().id());
        Consumer to = consumers.stream()
                .filter(consumer -> consumer.id.equals(delivery.consumer()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("to one that is gone: " + delivery));
        check(entry.state == State.READY, "it is not there for anybody", entry, to);
        check(to.hasCredit(), "no credit", entry, to);
        check(to.wants(entry), "not selected", entry, to);
        check(to.exclusive || !hasExclusive(), "another one has the queue for itself", entry, to);
        String group = entry.message.groupIdOrNull();
        if (group == null) {
            check(!delivery.firstOfGroup(), "it begins a group and has none", entry, to);
        } else {
            deliveredOf(group, entry, to, delivery.firstOfGroup());
        }
        entry.state = State.HELD;
        entry.delivery = delivery;
        entry.holder = to;
        to.has.add(entry);
        to.pullIsOpen = false;
    }

    private void deliveredOf(String group, Entry entry, Consumer to, boolean first) {
        boolean anew = entry.message.groupSequence() == 1;
        Consumer owner = owners.get(group);
        boolean begins = anew || owner == null;
        if (first && !begins && isForgettable(group, entry)) {
            begins = true;
        }
        check(begins || owner == to, "another one has the group: " + owner, entry, to);
        check(first == begins, "wrong about whether it begins the group, which belongs to " + owner, entry, to);
        for (Entry earlier : entries.values()) {
            if (earlier == entry || anew) {
                break;
            }
            boolean overtaken = earlier.isOf(group) && earlier.state == State.READY && to.wants(earlier);
            check(!overtaken, "it overtakes " + earlier, entry, to);
        }
        owners.put(group, to);
        if (!begins && entry.message.groupSequence() < 0) {
            owners.remove(group);
        }
    }

    /** Whether the queue may have forgotten who has it: nobody has messages of it, and none waits beside this one. */
    private boolean isForgettable(String group, Entry now) {
        return mayForget
                && entries.values().stream()
                        .noneMatch(entry -> entry != now && entry.isOf(group) && entry.holder != null);
    }

    private void check(boolean fine, String what, Entry entry, Consumer to) {
        if (!fine) {
            throw new AssertionError(what + ": " + entry + " to " + to + "\n" + this);
        }
    }

    /** Whoever has credit has got all it may have. */
    void checkThatNobodyWaitsInVain() {
        boolean exclusive = hasExclusive();
        for (Consumer consumer : consumers) {
            if (consumer.hasCredit() && (consumer.exclusive || !exclusive)) {
                for (Entry entry : entries.values()) {
                    boolean there = entry.state == State.READY && consumer.wants(entry);
                    check(!there || !mayHave(entry, consumer), "it could be given away", entry, consumer);
                }
            }
        }
    }

    private boolean mayHave(Entry entry, Consumer consumer) {
        String group = entry.message.groupIdOrNull();
        if (group == null || entry.message.groupSequence() == 1) {
            return true;
        }
        Consumer owner = owners.get(group);
        return owner == consumer || (owner == null && isNext(entry, group));
    }

    /** Of a group that nobody has the first one goes first, if there is somebody who takes whatever comes. */
    private boolean isNext(Entry entry, String group) {
        boolean exclusive = hasExclusive();
        if (consumers.stream().noneMatch(consumer -> consumer.colour.isEmpty() && consumer.exclusive == exclusive)) {
            return true;
        }
        for (Entry earlier : entries.values()) {
            if (earlier == entry || (earlier.isOf(group) && earlier.state == State.READY)) {
                return earlier == entry;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "entries=" + entries.values() + "\nconsumers=" + consumers + "\nowners=" + owners;
    }
}
