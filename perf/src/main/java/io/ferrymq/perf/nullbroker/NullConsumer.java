package io.ferrymq.perf.nullbroker;

import io.netty.buffer.ByteBuf;

/** A consumer's credit and the bytes its dispatches begin with. Owned by the event loop. */
final class NullConsumer {
    private final NullConnection connection;
    private final NullDestination destination;
    private final byte[] id;
    private int credit;
    private int extension;

    /** @param id the marshalled id of the consumer, as it came */
    NullConsumer(NullConnection connection, NullDestination destination, byte[] id, int prefetch) {
        this.connection = connection;
        this.destination = destination;
        this.id = id;
        this.credit = prefetch;
    }

    boolean hasCredit() {
        return credit > 0;
    }

    NullDestination destination() {
        return destination;
    }

    /** @param message a destination and a message as a dispatch nests them; the caller keeps its reference */
    void dispatch(ByteBuf message) {
        credit--;
        int length = 1 + Integer.BYTES + 1 + id.length + message.readableBytes();
        ByteBuf head = connection.buffer(Integer.BYTES + length - message.readableBytes());
        head.writeInt(length).writeByte(Wire.MESSAGE_DISPATCH).writeInt(0).writeBoolean(false);
        head.writeBytes(id);
        connection.write(head);
        connection.write(message.retainedDuplicate());
    }

    /** What was delivered widens the window until it is acknowledged. */
    void acknowledge(int type, int count) {
        switch (type) {
            case Wire.ACK_DELIVERED -> {
                extension += count;
                credit += count;
            }
            case Wire.ACK_REDELIVERED -> {}
            default -> {
                int before = Math.min(extension, count);
                extension -= before;
                credit += count - before;
            }
        }
        destination.onCredit(this);
    }
}
