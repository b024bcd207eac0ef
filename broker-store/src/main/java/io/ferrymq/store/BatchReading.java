package io.ferrymq.store;

import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One batch of LSNs being read: finds the segment and the block of each, or goes on where the last record ended. On the way to
 * a record it trusts what looks like frames; the record itself is checked, and when anything is wrong the block is walked again
 * with every frame checked. Owned by one reading thread.
 */
final class BatchReading implements AutoCloseable {
    private static final int NOWHERE = -1;

    private final ReadIndex.Readable[] places;
    private final ReadChannels channels;
    private final ReadWindow window;
    private final long[] lsns;
    private int place = NOWHERE;
    private @Nullable SegmentFile file;
    private ReadChannels.@Nullable Lease lease;
    private long newerFrom;
    private long position;
    private long passed;
    private long expected;
    private long lastGood;

    BatchReading(ReadIndex.Readable[] places, ReadChannels channels, ReadWindow window, long[] lsns) {
        this.places = places;
        this.channels = channels;
        this.window = window;
        this.lsns = lsns;
    }

    /** The record at {@code lsns[i]}; null when it is in none of the segments. */
    @Nullable
    Record read(int i) throws IOException {
        long lsn = lsns[i];
        if (!isHere(lsn) && !find(lsn)) {
            return null;
        }
        BlockIndex blocks = places[place].blocks();
        int entry = blocks.entryOf(lsn);
        long from = blocks.from(entry);
        if (lsn <= passed || position < from) {
            position = from;
            expected = 0;
        }
        if (blocks.until(entry) > expected) {
            expected = endOfRun(blocks, i, entry);
            window.expect(expected);
        }
        passed = Long.MAX_VALUE;
        if (!walkTo(lsn) && !walkCheckedTo(lsn, from)) {
            throw new DamagedRecordException("no intact frame where it should be");
        }
        return decode(lsn);
    }

    private boolean isHere(long lsn) {
        return place != NOWHERE && lsn >= places[place].blocks().firstLsn() && lsn < newerFrom;
    }

    /** The newest segment that begins with this LSN or before it: what an older one has of it was torn off. */
    private boolean find(long lsn) throws IOException {
        long newer = Long.MAX_VALUE;
        for (int i = places.length - 1; i >= 0; i--) {
            long first = places[i].blocks().firstLsn();
            if (first <= lsn) {
                newerFrom = newer;
                enter(i);
                return true;
            }
            newer = Math.min(newer, first);
        }
        return false;
    }

    private void enter(int newPlace) throws IOException {
        leave();
        lastGood = 0;
        file = places[newPlace].file();
        ReadChannels.Lease taken = channels.take(file);
        lease = taken;
        window.enter(taken.channel(), file.id(), places[newPlace].blocks().end());
        passed = Long.MAX_VALUE;
        place = newPlace;
    }

    /** Where the blocks end that hold the next LSNs of the batch without a gap that is worth a read of its own. */
    private long endOfRun(BlockIndex blocks, int i, int entry) {
        long end = blocks.until(entry);
        for (int j = i + 1; j < lsns.length && end - position < ReadWindow.CAPACITY; j++) {
            if (lsns[j] < lsns[j - 1] || lsns[j] >= newerFrom) {
                break;
            }
            int next = blocks.entryOf(lsns[j]);
            if (blocks.from(next) > end + BlockIndex.BLOCK) {
                break;
            }
            end = Math.max(end, blocks.until(next));
        }
        return end;
    }

    private boolean walkTo(long lsn) throws IOException {
        long end = places[place].blocks().end();
        lastGood = position;
        while (position < end) {
            if (!window.looksLikeFrame(position)) {
                position += 4;
            } else if (isFirstFrameOf(lsn)) {
                return window.validates();
            } else if (window.lsn() > lsn) {
                return false;
            } else {
                position += window.frameBytes();
                lastGood = position;
            }
        }
        return false;
    }

    private boolean walkCheckedTo(long lsn, long from) throws IOException {
        long end = places[place].blocks().end();
        position = from;
        lastGood = from;
        while (position < end) {
            if (!window.looksLikeFrame(position) || !window.validates()) {
                position += 4;
            } else if (isFirstFrameOf(lsn)) {
                return true;
            } else if (window.lsn() > lsn) {
                return false;
            } else {
                position += window.frameBytes();
                lastGood = position;
            }
        }
        return false;
    }

    private boolean isFirstFrameOf(long lsn) {
        return window.lsn() == lsn && !window.isHeader() && window.chunk() == 0;
    }

    private Record decode(long lsn) throws IOException {
        byte type = window.type();
        lastGood = position;
        position += window.frameBytes();
        ByteBuffer bytes = window.hasMoreChunks() ? joined(lsn) : window.payload();
        Record record = RecordCodec.decode(type, bytes);
        passed = lsn;
        return record;
    }

    private ByteBuffer joined(long lsn) throws IOException {
        int begunIn = place;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        add(bytes, window.payload());
        boolean more = true;
        for (int chunk = 1; more; chunk++) {
            walkToChunk(lsn, chunk);
            add(bytes, window.payload());
            more = window.hasMoreChunks();
        }
        if (place != begunIn) {
            leave();
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static void add(ByteArrayOutputStream bytes, ByteBuffer payload) {
        byte[] chunk = new byte[payload.remaining()];
        payload.get(chunk);
        bytes.writeBytes(chunk);
    }

    /** To the frame with the next piece, perhaps in the next segment. */
    private void walkToChunk(long lsn, int chunk) throws IOException {
        while (place + 1 < places.length || position < places[place].blocks().end()) {
            if (position >= places[place].blocks().end()) {
                enter(place + 1);
                position = 0;
            } else if (!window.looksLikeFrame(position) || !window.validates()) {
                position += 4;
            } else {
                boolean next = window.lsn() == lsn && window.chunk() == chunk;
                if (!window.isHeader() && !next) {
                    break;
                }
                position += window.frameBytes();
                lastGood = position;
                if (!window.isHeader()) {
                    return;
                }
            }
        }
        throw new DamagedRecordException("a piece is missing: chunk=" + chunk);
    }

    /** After its channel was closed by an interrupt. */
    void reopen() {
        if (lease != null) {
            channels.forget(lease);
        }
        leave();
    }

    /** The file that was read last, or that could not be opened. */
    @Nullable
    SegmentFile file() {
        return file;
    }

    /** Where in it the last good frame ends or the bad one begins. */
    long offset() {
        return lastGood;
    }

    /** Where in it the next good frame begins, or its used part ends. */
    long damagedUntil() {
        return Math.max(position, lastGood);
    }

    private void leave() {
        if (lease != null) {
            channels.giveBack(lease);
            lease = null;
        }
        place = NOWHERE;
        position = 0;
        expected = 0;
    }

    @Override
    public void close() {
        leave();
    }
}
