package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Where each segment begins, from its first valid frame: what tells one epoch's records from the torn tail of the last. */
record SegmentStarts(long firstLsn, long[] endsOfEpochs) {
    static SegmentStarts of(List<SegmentFile> files, long salt, ByteBuffer window) throws IOException {
        long[] lsns = new long[files.size()];
        int[] epochs = new int[files.size()];
        long first = Long.MAX_VALUE;
        for (int i = 0; i < lsns.length; i++) {
            try (FrameScanner scanner = new FrameScanner(files.get(i), salt, window)) {
                boolean any = scanner.next();
                lsns[i] = any ? scanner.lsn() : Long.MAX_VALUE;
                epochs[i] = any ? scanner.epoch() : -1;
                first = Math.min(first, lsns[i]);
            }
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
        return new SegmentStarts(first == Long.MAX_VALUE ? 1 : first, ends);
    }

    /** The first LSN that does not belong to this segment's epoch any more. */
    long endOfEpoch(int segment) {
        return endsOfEpochs[segment];
    }
}
