package io.ferrymq.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An engine that keeps nothing that was not forced: what is appended gets to the real one with the next force or roll, and is gone at close. */
final class LosingEngine extends ForwardingEngine {
    private final ByteArrayOutputStream unforced = new ByteArrayOutputStream();

    LosingEngine(SegmentEngine engine) {
        super(engine);
    }

    @Override
    public SegmentFile roll(long id, ByteBuffer header) throws IOException {
        write();
        return engine.roll(id, header);
    }

    @Override
    public long room() {
        return engine.room() - unforced.size();
    }

    @Override
    public boolean isReady(int bytes) {
        return engine.isReady(bytes + unforced.size());
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        if (unforced.size() + frames.remaining() > FrameFormat.MAX_APPEND) {
            write();
        }
        byte[] bytes = new byte[frames.remaining()];
        frames.get(bytes);
        unforced.writeBytes(bytes);
    }

    private void write() throws IOException {
        if (unforced.size() > 0) {
            engine.append(ByteBuffer.allocateDirect(unforced.size())
                    .put(unforced.toByteArray())
                    .flip());
            unforced.reset();
        }
    }

    @Override
    public void force() throws IOException {
        write();
        engine.force();
    }
}
