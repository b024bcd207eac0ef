package io.ferrymq.openwire.connection;

import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.ActiveMQBlobMessage;
import io.ferrymq.openwire.command.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What a consumer may see of a message but the core has no field for: kept as one OpenWire message that has only those fields,
 * in version 12, loose, without cache, so that it can be read after a restart by whoever the consumer is then. Most messages
 * have none and cost nothing. Owned by one connection's event loop.
 */
final class MessageExtras {
    private static final int SIZE_BYTES = 4;
    private static final int TYPICAL_BYTES = 256;

    private final WireFormat format = new WireFormat(Integer.MAX_VALUE);

    MessageExtras() {
        format.apply(WireOptions.ofVersion(WireOptions.LATEST_VERSION));
    }

    /** {@link io.ferrymq.message.Message#ABSENT} when there is nothing to keep. */
    byte[] encode(Message from) {
        if (!hasAny(from)) {
            return io.ferrymq.message.Message.ABSENT;
        }
        ByteBuf out = Unpooled.buffer(TYPICAL_BYTES);
        format.encode(carrier(from), out);
        byte[] bytes = new byte[out.readableBytes() - SIZE_BYTES];
        out.getBytes(out.readerIndex() + SIZE_BYTES, bytes);
        return bytes;
    }

    private static boolean hasAny(Message from) {
        return from.transactionId != null
                || from.originalTransactionId != null
                || from.dataStructure != null
                || from.targetConsumerId != null
                || from.brokerPath != null
                || from.cluster != null
                || from.recievedByDFBridge
                || from.droppable
                || from.jmsXGroupFirstForConsumer
                || from.typeCode() == ActiveMQBlobMessage.TYPE;
    }

    private static Message carrier(Message from) {
        Message carrier = MessageAdapter.ofFormat(from.typeCode());
        carrier.transactionId = from.transactionId;
        carrier.originalTransactionId = from.originalTransactionId;
        carrier.dataStructure = from.dataStructure;
        carrier.targetConsumerId = from.targetConsumerId;
        carrier.brokerPath = from.brokerPath;
        carrier.cluster = from.cluster;
        carrier.recievedByDFBridge = from.recievedByDFBridge;
        carrier.droppable = from.droppable;
        carrier.jmsXGroupFirstForConsumer = from.jmsXGroupFirstForConsumer;
        if (from instanceof ActiveMQBlobMessage blob && carrier instanceof ActiveMQBlobMessage to) {
            to.remoteBlobUrl = blob.remoteBlobUrl;
            to.mimeType = blob.mimeType;
            to.deletedByBroker = blob.deletedByBroker;
        }
        return carrier;
    }

    boolean isPresent(io.ferrymq.message.Message from) {
        return from.extras().length > 0;
    }

    /** A new wire message that has the extras and nothing else yet. */
    Message decode(io.ferrymq.message.Message from) {
        if (format.decode(Unpooled.wrappedBuffer(from.extras())) instanceof Message carrier) {
            return carrier;
        }
        throw new IllegalArgumentException("extras are no message: id=" + from.id());
    }
}
