package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import io.ferrymq.store.SnapshotFormat.SegmentPicture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A snapshot file, which is looked through as a whole before anything of it is believed. Used by one thread.
 */
final class SnapshotReader implements AutoCloseable {
    /** What does not hold about a snapshot. */
    static final class UnusableException extends IOException {
        private static final long serialVersionUID = 1L;

        private final String why;
        private final boolean outlived;

        UnusableException(String why) {
            this(why, false);
        }

        /** @param outlived it was good once, and all it knows is gone from the log */
        UnusableException(String why, boolean outlived) {
            super(why);
            this.why = why;
            this.outlived = outlived;
        }

        boolean isOutlived() {
            return outlived;
        }

        @Override
        public String getMessage() {
            return why;
        }
    }

    private final long salt;
    private final FileChannel channel;
    private final List<SegmentPicture> segments = new ArrayList<>();
    private ByteBuffer chunk = ByteBuffer.allocate(1 << 20);
    private long at;
    private long chunks;
    private SnapshotPlace place = new SnapshotPlace(0, 0, 0, 0, 0, 0, (byte) 0);
    private long records;
    private long stateAt;

    /** Looks through the file. */
    SnapshotReader(Path file, long salt) throws IOException {
        this.salt = salt;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            header(next());
            stateAt = at;
            while (at < channel.size()) {
                ByteBuffer payload = next();
                if (at == channel.size() && payload.remaining() == Long.BYTES) {
                    records = payload.getLong();
                    return;
                }
            }
            throw new UnusableException("it has no end");
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void header(ByteBuffer payload) throws IOException {
        if (payload.getInt() != SnapshotFormat.MAGIC || payload.get() != SnapshotFormat.VERSION) {
            throw new UnusableException("it is of another format");
        }
        place = SnapshotPlace.of(payload);
        for (int left = payload.getInt(); left > 0; left--) {
            segments.add(SegmentPicture.of(payload));
        }
    }

    /** Of the file. */
    long bytes() throws IOException {
        return channel.size();
    }

    private ByteBuffer next() throws IOException {
        ByteBuffer header = read(ByteBuffer.allocate(SnapshotFormat.CHUNK_HEADER));
        int length = header.getInt();
        int checksum = header.getInt();
        if (length <= 0 || length > SnapshotFormat.MOST_BYTES || length > channel.size() - at) {
            throw new UnusableException("a length is damaged: chunk=" + chunks);
        }
        if (chunk.capacity() < length) {
            chunk = ByteBuffer.allocate(length);
        }
        ByteBuffer payload = read(chunk.clear().limit(length));
        if (checksum != SnapshotFormat.checksum(salt, chunks++, payload)) {
            throw new UnusableException("a checksum does not match: chunk=" + (chunks - 1));
        }
        return payload;
    }

    private ByteBuffer read(ByteBuffer to) throws IOException {
        while (to.hasRemaining()) {
            int read = channel.read(to, at);
            if (read < 0) {
                throw new UnusableException("it is cut off");
            }
            at += read;
        }
        return to.flip();
    }

    /** The last record that took part in it. */
    SnapshotPlace place() {
        return place;
    }

    List<SegmentPicture> segments() {
        return segments;
    }

    /** Tells its records; returns how many. */
    long tell(Journal.Visitor visitor) throws IOException {
        return tell(type -> true, visitor);
    }

    /** Tells those of these types; returns how many there are in all. */
    long tell(Predicate<Record.Type> types, Journal.Visitor visitor) throws IOException {
        at = stateAt;
        chunks = 1;
        long told = 0;
        while (told < records) {
            ByteBuffer payload = next();
            while (payload.hasRemaining()) {
                long lsn = payload.getLong();
                byte type = payload.get();
                int length = payload.getInt();
                ByteBuffer bytes = payload.slice(payload.position(), length);
                payload.position(payload.position() + length);
                if (Record.Type.of(type).filter(types).isPresent()) {
                    visitor.onRecord(lsn, decode(type, bytes));
                }
                told++;
            }
        }
        return told;
    }

    private static Record decode(byte type, ByteBuffer bytes) throws UnusableException {
        try {
            return RecordCodec.decode(type, bytes);
        } catch (MalformedRecordException e) {
            throw new UnusableException("it has a record this build cannot read: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
