package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a message: its producer and that producer's number for it. The broker's number is not part of the identity,
 * because the same message has none before it arrives.
 */
public final class MessageId extends WireValue {
    public static final byte TYPE = 110;

    /** The original id of a message from another protocol. Lost on versions before 10. */
    public @Nullable String textView;

    public @Nullable ProducerId producerId;
    public long producerSequenceId;
    /** Grows over all messages of a broker; clients send 0. */
    public long brokerSequenceId;

    public MessageId() {}

    public MessageId(ProducerId producerId, long producerSequenceId) {
        this.producerId = producerId;
        this.producerSequenceId = producerSequenceId;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        if (m.version() >= 10) {
            textView = m.string(textView);
        }
        producerId = m.cached(producerId, ProducerId.class);
        producerSequenceId = m.int64(producerSequenceId);
        brokerSequenceId = m.int64(brokerSequenceId);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MessageId that
                && producerSequenceId == that.producerSequenceId
                && Objects.equals(producerId, that.producerId);
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hashCode(producerId) + Long.hashCode(producerSequenceId);
    }

    @Override
    public String toString() {
        return producerId + ":" + producerSequenceId;
    }
}
