package io.ferrymq.store;

import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads records again whose places are known, best in the order of their places. Owned by one thread. */
final class RecordReader implements AutoCloseable {
    private static final int WINDOW = 4 << 20;

    private final List<SegmentFile> files;
    private final long salt;
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
    private int segment = -1;
    private @Nullable FrameScanner scanner;

    RecordReader(List<SegmentFile> files, long salt) {
        this.files = files;
        this.salt = salt;
    }

    /** @throws IOException when it is not there any more, or cannot be read */
    Record read(long place) throws IOException {
        int at = Place.segment(place);
        FrameScanner frame = open(at);
        frame.seek(Place.offset(place));
        if (!frame.next() || frame.offset() != Place.offset(place) || frame.chunk() != 0) {
            throw new IOException(
                    "no record begins here any more: file=" + files.get(at).path() + ", offset=" + Place.offset(place));
        }
        byte type = frame.type();
        ByteBuffer payload = frame.has(FrameFormat.MORE_CHUNKS) ? assembled(at, frame) : frame.payload();
        try {
            return RecordCodec.decode(type, payload);
        } catch (MalformedRecordException e) {
            throw new IOException(
                    "a record cannot be read: file=" + files.get(at).path() + ", offset=" + Place.offset(place)
                            + ", reason=" + e.getMessage(),
                    e);
        }
    }

    private ByteBuffer assembled(int first, FrameScanner begun) throws IOException {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        long lsn = begun.lsn();
        FrameScanner frame = begun;
        int at = first;
        int chunk = 0;
        boolean more = true;
        while (more) {
            if (frame.type() != FrameFormat.SEGMENT_HEADER) {
                if (frame.lsn() != lsn || frame.chunk() != chunk) {
                    throw new IOException("a record has lost a piece: lsn=" + lsn + ", piece=" + chunk);
                }
                byte[] bytes = new byte[frame.payload().remaining()];
                frame.payload().get(bytes);
                chunks.writeBytes(bytes);
                chunk++;
                more = frame.has(FrameFormat.MORE_CHUNKS);
            }
            while (more && !frame.next()) {
                if (++at == files.size()) {
                    throw new IOException("a record has no end: lsn=" + lsn);
                }
                frame = open(at);
                frame.seek(0);
            }
        }
        return ByteBuffer.wrap(chunks.toByteArray());
    }

    private FrameScanner open(int wanted) throws IOException {
        if (scanner != null && segment == wanted) {
            return scanner;
        }
        close();
        segment = wanted;
        scanner = new FrameScanner(files.get(wanted), salt, window);
        return scanner;
    }

    @Override
    public void close() throws IOException {
        if (scanner != null) {
            scanner.close();
            scanner = null;
        }
    }
}
