package io.ferrymq.perf.nullbroker;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * A queue, or a topic, which is one queue per consumer. Owned by the event loop. Connections that send more than is consumed are not read
 * until enough of it is gone.
 */
final class NullDestination {
    /** What waits is outside the heap, where its buffers take up to twice their size; that is as large as the heap may be. */
    private static final long FULL_BYTES =
            Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 8);

    private final boolean topic;
    private final List<NullConsumer> consumers = new ArrayList<>();
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private final Map<NullConsumer, Queue<ByteBuf>> waitingPerConsumer = new HashMap<>();
    private final List<NullConnection> paused = new ArrayList<>();
    private long waitingBytes;
    private int next;

    NullDestination(boolean topic) {
        this.topic = topic;
    }

    void add(NullConsumer consumer) {
        consumers.add(consumer);
        if (topic) {
            waitingPerConsumer.put(consumer, new ArrayDeque<>());
        } else {
            onCredit(consumer);
        }
    }

    void remove(NullConsumer consumer) {
        consumers.remove(consumer);
        next = 0;
        Queue<ByteBuf> own = waitingPerConsumer.remove(consumer);
        if (own != null) {
            own.forEach(this::forget);
            resume();
        }
    }

    /** Takes over the reference to the message. */
    void accept(ByteBuf message, NullConnection from) {
        if (topic) {
            for (NullConsumer consumer : consumers) {
                offer(message, consumer);
            }
            message.release();
        } else {
            route(message);
        }
        if (waitingBytes > FULL_BYTES && from.pause()) {
            paused.add(from);
        }
    }

    private void offer(ByteBuf message, NullConsumer consumer) {
        Queue<ByteBuf> own = waitingPerConsumer.get(consumer);
        if (consumer.hasCredit() && own.isEmpty()) {
            consumer.dispatch(message);
        } else {
            own.add(message.retain());
            waitingBytes += message.readableBytes();
        }
    }

    private void route(ByteBuf message) {
        if (waiting.isEmpty()) {
            for (int i = 0; i < consumers.size(); i++) {
                NullConsumer consumer = consumers.get(next);
                next = next + 1 == consumers.size() ? 0 : next + 1;
                if (consumer.hasCredit()) {
                    consumer.dispatch(message);
                    message.release();
                    return;
                }
            }
        }
        waiting.add(message);
        waitingBytes += message.readableBytes();
    }

    void onCredit(NullConsumer consumer) {
        Queue<ByteBuf> queue = topic ? waitingPerConsumer.get(consumer) : waiting;
        while (queue != null && consumer.hasCredit() && !queue.isEmpty()) {
            ByteBuf message = queue.remove();
            consumer.dispatch(message);
            forget(message);
        }
        resume();
    }

    private void forget(ByteBuf message) {
        waitingBytes -= message.readableBytes();
        message.release();
    }

    private void resume() {
        if (!paused.isEmpty() && waitingBytes < FULL_BYTES / 2) {
            paused.forEach(NullConnection::resume);
            paused.clear();
        }
    }
}
