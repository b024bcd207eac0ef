package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log for people: what {@link LogReplay} would hand over, with the place of each record, and every damage with where it
 * is. It follows the same rules, changes nothing, and logs nothing. A broker may be writing meanwhile: what looks wrong in the
 * newest segment is read a second time before it is believed.
 *
 * <p>Used once, on one thread.
 */
final class LogWalk {
    private static final int WINDOW = 4 << 20;

    private final List<SegmentFile> files;
    private final long salt;
    private final WalkedEntry entry;
    private final DamageProbe probe;
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
    private @Nullable ByteBuffer aheadWindow;
    private int epoch;
    private long firstLsn;
    private long expected;
    private long delivered;
    private long skippedTo;
    private int droppedChunks;
    private boolean begun;
    private boolean resuming;
    private boolean ended;
    /** Behind the last frame that fitted. */
    private long good;
    /** Behind the last entry that was whole. */
    private long whole;

    private long readTwice = -1;

    /** What was counted in one segment. */
    static final class Tally {
        long bytes;
        long firstLsn;
        long lastLsn;
        long records;
    }

    LogWalk(List<SegmentFile> files, long salt, WalkedEntry.Visitor visitor) {
        this.files = files;
        this.salt = salt;
        this.entry = new WalkedEntry(visitor);
        this.probe = new DamageProbe(files);
    }

    void run() throws IOException {
        SegmentStarts starts = SegmentStarts.of(files, salt, window);
        firstLsn = starts.firstLsn();
        expected = firstLsn;
        delivered = expected - 1;
        for (int i = 0; i < files.size(); i++) {
            Tally tally = new Tally();
            tally.bytes = Files.size(files.get(i).path());
            tallies.add(tally);
            if (!ended) {
                walk(i, starts.endOfEpoch(i));
            }
        }
        if (resuming) {
            lost(skippedTo, Place.of(files.size(), 0));
        }
    }

    private void walk(int file, long endOfEpoch) throws IOException {
        try (FrameScanner scanner = new FrameScanner(files.get(file), salt, window)) {
            while (!ended && scanner.next()) {
                onFrame(file, scanner, endOfEpoch);
            }
        }
    }

    private void onFrame(int file, FrameScanner frame, long endOfEpoch) throws IOException {
        if (frame.lsn() >= endOfEpoch || frame.lsn() < expected) {
            return;
        }
        boolean header = frame.type() == FrameFormat.SEGMENT_HEADER;
        boolean newEpoch = frame.epoch() != epoch;
        if (newEpoch) {
            epoch = frame.epoch();
            entry.abandon();
            expected = delivered + 1;
            resuming = false;
        }
        if (!begun) {
            droppedChunks = header ? frame.chunk() : 0;
            begun = true;
        }
        if (!resuming && isNext(frame, header)) {
            accept(file, frame, header);
        } else if (file == files.size() - 1 && Place.segment(good) == file && readTwice != good) {
            readTwice = good;
            frame.reread(Place.offset(good));
        } else if (resuming || isDamage(file, frame, endOfEpoch)) {
            resume(file, frame, header, newEpoch);
        } else {
            ended = true;
        }
    }

    /** The log may begin with the last chunks of a record whose first ones went with a dropped segment. */
    private boolean isNext(FrameScanner frame, boolean header) {
        return frame.lsn() == expected && (header || frame.chunk() == Math.max(entry.chunk(), droppedChunks));
    }

    private boolean isDamage(int file, FrameScanner frame, long endOfEpoch) throws IOException {
        return endOfEpoch != Long.MAX_VALUE || frame.durableThen() >= expected || isPromisedLater(file, frame.offset());
    }

    private boolean isPromisedLater(int file, long offset) throws IOException {
        ByteBuffer into = aheadWindow == null ? ByteBuffer.allocateDirect(WINDOW) : aheadWindow;
        aheadWindow = into;
        for (int i = file; i < files.size(); i++) {
            try (FrameScanner ahead = new FrameScanner(files.get(i), salt, into.clear())) {
                ahead.seek(i > file ? 0 : offset + FrameFormat.HEADER);
                while (ahead.next()) {
                    if (ahead.durableThen() >= expected) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Goes on behind damage, at the first frame that begins an entry. */
    private void resume(int file, FrameScanner frame, boolean header, boolean newEpoch) throws IOException {
        entry.clear();
        droppedChunks = 0;
        boolean begins = header ? newEpoch : frame.chunk() == 0 && !frame.has(FrameFormat.CONTINUES_ENTRY);
        if (!begins) {
            resuming = true;
            skippedTo = header ? frame.lsn() - 1 : frame.lsn();
            return;
        }
        resuming = false;
        lost(frame.lsn() - 1, Place.of(file, frame.offset()));
        expected = frame.lsn();
        accept(file, frame, header);
    }

    private void lost(long upTo, long goesOn) throws IOException {
        if (upTo > delivered) {
            damages.add(probe.damage(delivered + 1, upTo, whole, good, goesOn));
            delivered = upTo;
        }
    }

    private void accept(int file, FrameScanner frame, boolean header) {
        good = Place.of(file, frame.offset() + frame.bytes());
        if (header) {
            return;
        }
        boolean more = frame.has(FrameFormat.MORE_CHUNKS);
        if (droppedChunks > 0) {
            delivered += more ? 0 : 1;
            droppedChunks = more ? droppedChunks + 1 : 0;
        } else {
            entry.add(frame, file);
            count(file, frame);
        }
        expected += more ? 0 : 1;
        if (entry.isWhole()) {
            delivered = entry.deliver();
            whole = good;
        }
    }

    /** A record counts where it begins. */
    private void count(int file, FrameScanner frame) {
        if (frame.chunk() == 0) {
            Tally tally = tallies.get(file);
            tally.firstLsn = tally.firstLsn == 0 ? frame.lsn() : tally.firstLsn;
            tally.lastLsn = frame.lsn();
            tally.records++;
        }
    }

    List<Tally> tallies() {
        return tallies;
    }

    /** Those of the log, and intact records that this build cannot read. */
    List<Damage> damages() {
        List<Damage> all = new ArrayList<>(damages);
        entry.unreadable()
                .forEach(one -> all.add(new Damage(
                        probe.name(Place.segment(one.place())),
                        Place.offset(one.place()),
                        one.lsn(),
                        one.lsn(),
                        "the record is intact, but this build cannot read it: " + one.why(),
                        List.of())));
        return List.copyOf(all);
    }

    Optional<StoreView.Tail> tail() throws IOException {
        return files.isEmpty() || resuming ? Optional.empty() : probe.tail(good, delivered + 1);
    }

    long records() {
        return entry.records();
    }

    long firstLsn() {
        return entry.records() == 0 ? 0 : firstLsn;
    }

    long lastLsn() {
        return delivered;
    }

    /** As in {@code Journal.Recovery.lastStop}. */
    String lastStop() {
        if (entry.stoppedCleanly()) {
            return "clean";
        }
        return entry.records() == 0 ? "none" : "crash";
    }
}
