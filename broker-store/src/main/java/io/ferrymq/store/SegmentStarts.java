package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Where each segment begins, from its first valid frame: what tells one epoch's records from the torn tail of the last. */
record SegmentStarts(long firstLsn, long[] endsOfEpochs) {
    private static final int NEAR = 64 << 10;

    static SegmentStarts of(List<SegmentFile> files, long salt, ByteBuffer window) throws IOException {
        long[] lsns = new long[files.size()];
        int[] epochs = new int[files.size()];
        long first = Long.MAX_VALUE;
        for (int i = 0; i < lsns.length; i++) {
            Start start = startOf(files.get(i), salt, window);
            lsns[i] = start.lsn();
            epochs[i] = start.epoch();
            first = Math.min(first, lsns[i]);
        }
        long[] ends = new long[lsns.length];
        Arrays.fill(ends, Long.MAX_VALUE);
        for (int i = 0; i < lsns.length; i++) {
            for (int later = i + 1; later < lsns.length; later++) {
                if (epochs[later] > epochs[i]) {
                    ends[i] = Math.min(ends[i], lsns[later]);
                }
            }
        }
        return new SegmentStarts(first == Long.MAX_VALUE ? 1 : beginning(files, first, salt, window), ends);
    }

    /**
     * The LSN the log begins with. The first segment of all has the first record, whatever is left of it. Every other one begins with its header; when the oldest
     * has frames but not that one, what was before them is damaged, which is at least one record.
     */
    private static long beginning(List<SegmentFile> files, long first, long salt, ByteBuffer window)
            throws IOException {
        SegmentFile oldest = files.get(0);
        if (oldest.id() == 1) {
            return 1;
        }
        try (FrameScanner scanner = new FrameScanner(oldest, salt, window.clear())) {
            boolean headless = scanner.next() && scanner.type() != FrameFormat.SEGMENT_HEADER;
            // chunks that are missing tell by themselves
            return headless && scanner.chunk() == 0 && scanner.lsn() == first ? first - 1 : first;
        }
    }

    /** Mostly the header, close to the beginning; only when that is damaged it takes reading on. */
    private static Start startOf(SegmentFile file, long salt, ByteBuffer window) throws IOException {
        try (FrameScanner scanner = new FrameScanner(file, salt, window.clear().slice(0, NEAR))) {
            if (scanner.next() && scanner.type() == FrameFormat.SEGMENT_HEADER) {
                return new Start(scanner.lsn(), scanner.epoch());
            }
        }
        try (FrameScanner scanner = new FrameScanner(file, salt, window)) {
            return scanner.next() ? new Start(scanner.lsn(), scanner.epoch()) : new Start(Long.MAX_VALUE, -1);
        }
    }

    private record Start(long lsn, int epoch) {}

    /** The first LSN that does not belong to this segment's epoch any more. */
    long endOfEpoch(int segment) {
        return endsOfEpochs[segment];
    }
}
