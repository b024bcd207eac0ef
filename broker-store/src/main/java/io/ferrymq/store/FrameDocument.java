package io.ferrymq.store;

import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * The document of a Chronicle queue that frames go into. It stays open for as many of them as it has room for: Chronicle begins and ends a
 * document through its mapping, and after a sync the first store to a mapped page is a fault, with a page more for the next sync to write.
 * The frames themselves go past Chronicle, by positional writes. Owned by whoever runs the writer.
 */
final class FrameDocument {
    /** What a document is begun for, unless an append is larger. */
    private static final int BYTES = 1 << 20;
    /** Beyond a block Chronicle maps a quarter of one, and a document has to end there; its header lies before. */
    static final int MOST_BYTES = ChronicleEngine.BLOCK / 4 - (4 << 10);

    private final ExcerptAppender appender;
    private @Nullable DocumentContext open;
    /** Where the next frames go. */
    private long position;
    /** Where the open document has to end. */
    private long limit;

    FrameDocument(ExcerptAppender appender) {
        this.appender = appender;
        appender.singleThreadedCheckDisabled(true); // one at a time, each of which finds what the one before has left
    }

    /** The file that the last document began in. */
    String fileName() {
        return appender.currentFile().getName();
    }

    /** Writes a document with these bytes alone, by way of Chronicle, which makes its file for it; returns where that ends. */
    long single(ByteBuffer content) {
        int length = content.remaining();
        Bytes<?> bytes = begin(length);
        bytes.write(position, content, content.position(), length);
        filled(position + length);
        end();
        return position;
    }

    /** Where in the file so many bytes are to be written now. {@link #filled} follows when they are. */
    long place(int length) {
        if (open == null || position + length > limit) {
            end();
            begin(Math.max(length, BYTES));
        }
        return position;
    }

    /** It holds what lies before this place of the file. */
    void filled(long to) {
        position = to;
    }

    private Bytes<?> begin(int room) {
        if (room > MOST_BYTES) {
            throw new IllegalArgumentException("too much for a document: bytes=" + room + ", limit=" + MOST_BYTES);
        }
        DocumentContext document = appender.writingDocument();
        boolean fits = false;
        try {
            Bytes<?> bytes = document.wire().bytes();
            position = bytes.writePosition();
            limit = position + room;
            bytes.ensureCapacity(limit);
            fits = true;
            open = document;
            return bytes;
        } finally {
            if (!fits) {
                document.rollbackOnClose();
                document.close();
            }
        }
    }

    /** Ends the open document behind what it holds. */
    void end() {
        DocumentContext ending = open;
        if (ending != null) {
            open = null;
            ending.wire().bytes().writePosition(position);
            ending.close();
        }
    }
}
