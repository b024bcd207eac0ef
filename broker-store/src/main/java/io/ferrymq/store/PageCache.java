package io.ferrymq.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * What the system shows of a file is not what the disk has: after a sync that failed, ext4 and XFS take the pages for written, and the next
 * sync has nothing to do. Stateless.
 */
final class PageCache {
    private static final int PIECE_BYTES = 1 << 20;

    private PageCache() {}

    /** Writes the bytes up to this position again, as they are, so that a sync writes them to the disk whatever one before has done. */
    static void distrust(FileChannel file, long end) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(PIECE_BYTES, Math.max(1, end)));
        for (long at = 0; at < end; at += piece.capacity()) {
            piece.clear().limit((int) Math.min(piece.capacity(), end - at));
            while (piece.hasRemaining()) {
                if (file.read(piece, at + piece.position()) < 0) {
                    throw new EOFException("the file ends before what was read of it: end=" + end);
                }
            }
            piece.flip();
            while (piece.hasRemaining()) {
                file.write(piece, at + piece.position());
            }
        }
    }
}
