package io.ferrymq.store;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.snapshot.SubscriptionRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Appends messages to a data directory that no broker uses, or to a new one. They get new sequences, behind all that is there. What
 * is added is written in batches, each of which is there as a whole or not at all; {@link #close} writes the last one.
 *
 * <p>Not thread safe.
 */
public final class StoreImport implements AutoCloseable {
    private static final int BATCH_RECORDS = 256;
    private static final int BATCH_BYTES = 1 << 20;

    private final Journal journal;
    private final SubscriptionRules rules;
    private final Durability durability = new Durability();
    private final List<Record> batch = new ArrayList<>();
    private long nextSequence = 1;
    private int batchBytes;
    private boolean started;
    private boolean clean;

    private StoreImport(Journal journal, PropertyFormat properties) {
        this.journal = journal;
        this.rules = new SubscriptionRules(properties);
    }

    /**
     * Takes the lock of the directory and reads what is there. Nothing is written before {@link #begin}, but for a new directory.
     *
     * @throws BrokerException STORE_LOCKED, STORE_FORMAT or STORE_UNUSABLE
     */
    public static StoreImport open(BrokerConfig config, PropertyFormat properties) {
        Journal journal = new StoreProvider().open(config, properties);
        try {
            StoreImport opened = new StoreImport(journal, properties);
            Journal.Recovery recovery = journal.recover((lsn, record) -> opened.onRecord(record));
            opened.clean = recovery.stoppedCleanly() || recovery.records() == 0;
            return opened;
        } catch (RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private void onRecord(Record record) {
        if (record instanceof Record.MessageAdded added) {
            used(added.sequence());
        } else if (record instanceof Record.MessageMoved moved) {
            used(moved.sequence());
        } else if (record instanceof Record.MessagesRemoved removed) {
            for (long sequence : removed.sequences()) {
                used(sequence);
            }
        } else if (record instanceof Record.MessageScheduled scheduled) {
            used(scheduled.job());
        } else if (record instanceof Record.StoppedCleanly stopped) {
            used(stopped.nextSequence() - 1);
        } else if (record instanceof Record.SubscriptionAdded added) {
            rules.add(added);
        } else if (record instanceof Record.SubscriptionRemoved removed) {
            rules.remove(removed.subscription());
        }
    }

    private void used(long sequence) {
        nextSequence = Math.max(nextSequence, sequence + 1);
    }

    /**
     * Begins to write: first the durable subscriptions that are not there yet.
     *
     * @throws BrokerException CONFIGURATION when one is there that is subscribed to something else; nothing is written then
     */
    public void begin(List<Record.SubscriptionAdded> subscriptions) {
        for (Record.SubscriptionAdded wanted : subscriptions) {
            rules.find(wanted.subscription())
                    .filter(there -> !there.topics().equals(wanted.topics())
                            || !there.selector().equals(wanted.selector()))
                    .ifPresent(there -> {
                        throw new BrokerException(
                                Code.CONFIGURATION,
                                "the store has a durable subscription of that name to something else: " + wanted
                                        + ", in the store: " + there);
                    });
        }
        journal.start(durability);
        started = true;
        for (Record.SubscriptionAdded wanted : subscriptions) {
            if (rules.find(wanted.subscription()).isEmpty()) {
                rules.add(wanted);
                add(List.of(wanted), 0);
            }
        }
    }

    /**
     * Adds a message to its queue or, at a topic, to the durable subscriptions that it says it is in; where it names none, to all
     * that want it. Returns where it should be and is not: subscriptions that it names and that do not want it, or its topic when
     * nobody does.
     */
    public List<DestinationName> add(LiveMessage live) {
        Message message = live.message();
        Set<DestinationName> named = live.redeliveries().keySet();
        boolean toTopic = message.destination().isTopic();
        List<DestinationName> wanting = toTopic ? rules.wanting(message) : List.of(message.destination());
        List<DestinationName> unwanted =
                named.stream().filter(name -> !wanting.contains(name)).toList();
        if (named.isEmpty() && wanting.isEmpty()) {
            return List.of(message.destination());
        }
        if (!named.isEmpty() && unwanted.size() == named.size()) {
            return unwanted;
        }
        long[] sequence = {nextSequence++};
        List<Record> records = new ArrayList<>();
        records.add(new Record.MessageAdded(sequence[0], message));
        for (DestinationName backlog : wanting) {
            int redeliveries = live.redeliveries().getOrDefault(backlog, 0);
            if (!named.isEmpty() && !named.contains(backlog)) {
                records.add(new Record.MessagesRemoved(backlog, sequence));
            } else if (redeliveries != 0) {
                records.add(new Record.DeliveriesCounted(backlog, sequence, new int[] {redeliveries}));
            }
        }
        add(records, message.footprintBytes());
        return unwanted;
    }

    /** Adds a message that waits for its time, as a new job. */
    public void add(Record.MessageScheduled job) {
        add(
                List.of(new Record.MessageScheduled(nextSequence++, job.dueMs(), job.repeats(), job.message())),
                job.message().footprintBytes());
    }

    private void add(List<Record> records, int bytes) {
        batch.addAll(records);
        batchBytes += bytes;
        if (batch.size() >= BATCH_RECORDS || batchBytes >= BATCH_BYTES) {
            write();
        }
    }

    private void write() {
        if (batch.isEmpty()) {
            return;
        }
        JournalEntry entry = new JournalEntry(batch, true);
        batch.clear();
        batchBytes = 0;
        if (!journal.offer(entry)) {
            throw new BrokerException(Code.STORE_FAILED, "the journal takes no more records: " + journal.status());
        }
        durability.await(entry);
    }

    /**
     * Writes what is left and gives the directory back. A store that was stopped in order before is so afterwards; one that was not
     * is still one, so that its messages count as delivered once.
     */
    @Override
    public void close() {
        try {
            if (started && !durability.hasFailed()) {
                if (clean) {
                    batch.add(new Record.StoppedCleanly(nextSequence));
                }
                write();
            }
        } finally {
            journal.close();
        }
    }

    /** Waits for the journal's writer. Any thread, inside its monitor. */
    private static final class Durability implements Journal.Listener {
        private long position;
        private String failure = "";

        @Override
        public synchronized void durable(long newPosition, BooleanSupplier idle) {
            position = newPosition;
            notifyAll();
        }

        @Override
        public void segmentStarted() {}

        @Override
        public void makeRoom(long upTo) {}

        @Override
        public synchronized void failed(Throwable cause) {
            failure = cause.toString();
            notifyAll();
        }

        synchronized boolean hasFailed() {
            return !failure.isEmpty();
        }

        synchronized void await(JournalEntry entry) {
            try {
                while (failure.isEmpty() && (entry.firstLsn() == 0 || position < entry.lastLsn())) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BrokerException(Code.STORE_FAILED, "interrupted while the journal was written", e);
            }
            if (!failure.isEmpty()) {
                throw new BrokerException(Code.STORE_FAILED, "the journal failed: " + failure);
            }
        }
    }
}
