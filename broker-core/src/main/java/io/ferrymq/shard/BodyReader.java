package io.ferrymq.shard;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.Message;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads messages of one shard from the journal, on another thread; what was read comes back as a command. */
final class BodyReader {
    private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);
    private static final int TRIES = 20;
    private static final long PAUSE_NS = 500_000_000;

    private final Journal journal;
    private final Executor executor;
    private final Inbox inbox;

    BodyReader(Journal journal, Executor executor, Inbox inbox) {
        this.journal = journal;
        this.executor = executor;
        this.inbox = inbox;
    }

    /** Whether there is anything to read. */
    boolean canRead() {
        return journal.keeps();
    }

    /** Calls {@code then} on the shard's thread later, with null for what cannot be read. */
    void read(long[] lsns, Consumer<@Nullable Message[]> then) {
        executor.execute(() -> {
            @Nullable Message[] messages = messages(readPatiently(lsns));
            inbox.put(new Command.BodiesRead(() -> then.accept(messages)));
        });
    }

    /** Likewise for records of any kind. */
    void readRecords(long[] lsns, Consumer<@Nullable Record[]> then) {
        executor.execute(() -> {
            @Nullable Record[] records = readPatiently(lsns);
            inbox.put(new Command.BodiesRead(() -> then.accept(records)));
        });
    }

    /** A passing failure (too many open files) must not look like damage; one that does not pass stops the broker. */
    private @Nullable Record[] readPatiently(long[] lsns) {
        for (int left = TRIES; ; left--) {
            try {
                return readRecordsNow(lsns);
            } catch (UncheckedIOException e) {
                if (left == 1) {
                    throw e;
                }
                LOG.warn("Tried again: {}", e.getMessage());
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    /** At once, on this thread: while the broker recovers. */
    @Nullable
    Message[] readNow(long[] lsns) {
        return messages(readRecordsNow(lsns));
    }

    @Nullable
    Record[] readRecordsNow(long[] lsns) {
        return journal.read(lsns);
    }

    private static @Nullable Message[] messages(@Nullable Record[] records) {
        @Nullable Message[] messages = new Message[records.length];
        for (int i = 0; i < records.length; i++) {
            Record record = records[i];
            messages[i] = record == null ? null : record.queued();
        }
        return messages;
    }
}
