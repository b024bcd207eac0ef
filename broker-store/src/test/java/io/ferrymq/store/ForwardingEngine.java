package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** What another engine does. */
class ForwardingEngine implements SegmentEngine {
    final SegmentEngine engine;

    ForwardingEngine(SegmentEngine engine) {
        this.engine = engine;
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
        return engine.roll(id, header);
    }

    @Override
    public long room() {
        return engine.room();
    }

    @Override
    public boolean isReady(int bytes) {
        return engine.isReady(bytes);
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        engine.append(frames);
    }

    @Override
    public void force() throws IOException {
        engine.force();
    }

    @Override
    public void drop(SegmentFile segment) throws IOException {
        engine.drop(segment);
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
