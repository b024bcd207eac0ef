package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import io.ferrymq.store.SnapshotFormat.SegmentPicture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes a snapshot to a file beside those that count, and puts it in its place when it is whole and on the disk. Used once, by one
 * thread.
 */
final class SnapshotWriter implements Journal.Visitor, AutoCloseable {
    private static final int CHUNK = 1 << 20;

    private final long salt;
    private final SnapshotFiles.Output output;
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    private long chunks;
    private long records;

    private SnapshotWriter(SnapshotFiles.Output output, long salt) {
        this.salt = salt;
        this.output = output;
    }

    /**
     * @param place the last record that took part in it
     * @param segments up to that of the place
     */
    static void write(
            SnapshotFiles files,
            long salt,
            SnapshotPlace place,
            List<SegmentPicture> segments,
            Consumer<Journal.Visitor> state)
            throws IOException {
        Path beside = files.beside(place.lsn());
        try (SnapshotWriter writer = new SnapshotWriter(files.open(beside), salt)) {
            writer.header(place, segments);
            state.accept(writer);
            writer.end();
        } catch (UncheckedIOException e) {
            Files.deleteIfExists(beside);
            throw e.getCause();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            Files.deleteIfExists(beside);
            throw e;
        }
        files.keep(beside);
    }

    private void header(SnapshotPlace place, List<SegmentPicture> segments) throws IOException {
        int bytes = Integer.BYTES + 1 + SnapshotPlace.BYTES + Integer.BYTES;
        for (SegmentPicture segment : segments) {
            bytes += segment.bytes();
        }
        ByteBuffer payload = ByteBuffer.allocate(bytes);
        payload.putInt(SnapshotFormat.MAGIC).put(SnapshotFormat.VERSION);
        place.save(payload);
        payload.putInt(segments.size());
        segments.forEach(segment -> segment.save(payload));
        append(payload.flip());
    }

    @Override
    public void onRecord(long lsn, Record record) {
        int most = SnapshotFormat.RECORD_HEADER + RecordCodec.maxLength(record);
        try {
            if (chunk.remaining() < most) {
                flush();
            }
            if (chunk.capacity() < most) {
                chunk = ByteBuffer.allocate(most);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int start = chunk.position();
        chunk.putLong(lsn).put(record.type().code()).putInt(0);
        RecordCodec.encode(record, chunk);
        chunk.putInt(start + 9, chunk.position() - start - SnapshotFormat.RECORD_HEADER);
        records++;
    }

    private void flush() throws IOException {
        if (chunk.position() > 0) {
            append(chunk.flip());
            chunk.clear();
        }
    }

    private void end() throws IOException {
        flush();
        append(ByteBuffer.allocate(Long.BYTES).putLong(records).flip());
        output.force();
    }

    private void append(ByteBuffer payload) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(SnapshotFormat.CHUNK_HEADER);
        header.putInt(payload.remaining()).putInt(SnapshotFormat.checksum(salt, chunks++, payload));
        output.write(new ByteBuffer[] {header.flip(), payload});
    }

    @Override
    public void close() throws IOException {
        output.close();
    }
}
