package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An engine whose n-th call of one kind, or of any, fails. Counts its calls, and what was asked of it after the failure. */
final class FaultyEngine extends ForwardingEngine {
    /** Which call fails. */
    enum Call {
        ROLL,
        APPEND,
        SHORT_APPEND,
        FORCE,
        DROP,
        /** The n-th call, whatever it is. */
        ANY,
        /** The n-th call as well; an append first writes a part of what it was given. */
        ANY_HALF
    }

    private final Call call;
    private final Throwable failure;
    private int left;
    volatile boolean failed;
    volatile int calls;
    volatile int callsAfterFailure;

    FaultyEngine(SegmentEngine engine, Call call, int nth, Throwable failure) {
        super(engine);
        this.call = call;
        this.left = nth;
        this.failure = failure;
    }

    private void on(Call made) throws IOException {
        if (failed) {
            callsAfterFailure++;
        }
        calls++;
        if ((made == call || call == Call.ANY || call == Call.ANY_HALF) && --left == 0) {
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
    public SegmentFile roll(long id, ByteBuffer header) throws IOException {
        on(Call.ROLL);
        return engine.roll(id, header);
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        if (call == Call.ANY_HALF && left == 1) {
            appendHalf(frames);
        }
        on(Call.APPEND);
        if (call == Call.SHORT_APPEND && --left == 0) {
            failed = true;
            appendHalf(frames);
            return;
        }
        engine.append(frames);
    }

    private void appendHalf(ByteBuffer frames) throws IOException {
        int limit = frames.limit();
        frames.limit(limit / 8 * 4);
        engine.append(frames);
        frames.limit(limit);
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
}
