package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** An engine whose n-th call of one kind fails. Counts what was asked of it after that. */
final class FaultyEngine implements SegmentEngine {
    /** Which call fails. */
    enum Call {
        ROLL,
        APPEND,
        SHORT_APPEND,
        FORCE,
        DROP
    }

    private final SegmentEngine engine;
    private final Call call;
    private final Throwable failure;
    private int left;
    volatile boolean failed;
    volatile int callsAfterFailure;

    FaultyEngine(SegmentEngine engine, Call call, int nth, Throwable failure) {
        this.engine = engine;
        this.call = call;
        this.left = nth;
        this.failure = failure;
    }

    private void on(Call made) throws IOException {
        if (failed) {
            callsAfterFailure++;
        }
        if (made == call && --left == 0) {
            failed = true;
            if (failure instanceof IOException io) {
                throw io;
            } else if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public List<SegmentFile> existing() throws IOException {
        return engine.existing();
    }

    @Override
    public SegmentFile roll(long id, ByteBuffer header) throws IOException {
        on(Call.ROLL);
        return engine.roll(id, header);
    }

    @Override
    public long room() {
        return engine.room();
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        on(Call.APPEND);
        if (call == Call.SHORT_APPEND && --left == 0) {
            failed = true;
            int limit = frames.limit();
            frames.limit(limit / 8 * 4);
            engine.append(frames);
            frames.limit(limit);
            return;
        }
        engine.append(frames);
    }

    @Override
    public void force() throws IOException {
        on(Call.FORCE);
        engine.force();
    }

    @Override
    public void drop(SegmentFile segment) throws IOException {
        on(Call.DROP);
        engine.drop(segment);
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
