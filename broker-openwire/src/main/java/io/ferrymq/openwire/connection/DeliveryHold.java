package io.ferrymq.openwire.connection;

import io.ferrymq.message.Message;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps back what a client is to consume until it knows the temporary destinations that a message may want its answer at. A
 * client that comes back after a failover restores its consumers in any order, and the one that watches temporary
 * destinations may be the last. Owned by the connection's event loop.
 */
final class DeliveryHold {
    /** Enough for one buffer; the rest follows in the next. */
    private static final int CHUNK_BYTES = 1 << 20;

    private final Deque<Object> held = new ArrayDeque<>();
    private boolean holding;

    void begin() {
        holding = true;
    }

    /** Whether {@code command}, which delivers {@code message} or says that there is none, is kept. Advisories are not. */
    boolean keeps(Object command, @Nullable Message message) {
        if (!holding || (message != null && message.destination().isAdvisory())) {
            return false;
        }
        held.add(command);
        return true;
    }

    /** Lets some go, in order; false when that was all and nothing is kept any more. */
    boolean release(ByteBuf out, BiConsumer<Object, ByteBuf> encoder) {
        int limit = out.writerIndex() + CHUNK_BYTES;
        while (!held.isEmpty() && out.writerIndex() < limit) {
            encoder.accept(held.remove(), out);
        }
        holding = !held.isEmpty();
        return holding;
    }

    /** The connection is over. */
    void drop(Consumer<Object> dropped) {
        held.forEach(dropped);
        held.clear();
    }
}
