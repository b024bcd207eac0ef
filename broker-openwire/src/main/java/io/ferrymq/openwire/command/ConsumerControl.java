package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** Changes a consumer: its prefetch limit, or closes, starts or stops it. */
public final class ConsumerControl extends BaseCommand {
    public static final byte TYPE = 17;

    /** The first field since version 6. */
    public @Nullable ActiveMQDestination destination;

    public boolean close;
    public @Nullable ConsumerId consumerId;
    public int prefetch;
    public boolean flush;
    public boolean start;
    public boolean stop;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        if (m.version() >= 6) {
            destination = m.nested(destination, ActiveMQDestination.class);
        }
        close = m.bool(close);
        consumerId = m.nested(consumerId, ConsumerId.class);
        prefetch = m.int32(prefetch);
        if (m.version() >= 2) {
            flush = m.bool(flush);
            start = m.bool(start);
            stop = m.bool(stop);
        }
    }
}
