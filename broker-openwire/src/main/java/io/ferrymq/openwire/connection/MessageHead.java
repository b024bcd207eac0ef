package io.ferrymq.openwire.connection;

import io.ferrymq.openwire.command.ActiveMQBlobMessage;
import io.ferrymq.openwire.command.ActiveMQDestination;
import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.Marshaller;
import io.ferrymq.openwire.command.ProducerId;
import io.ferrymq.openwire.command.TransactionId;
import org.jspecify.annotations.Nullable;

/** What the frame of every message begins with: enough to tell the sender of one that is too large. */
final class MessageHead extends BaseCommand {
    @Nullable
    ProducerId producerId;

    @Nullable
    ActiveMQDestination destination;

    @Nullable
    TransactionId transactionId;

    /** Whether frames of this type are messages. */
    static boolean begins(byte typeCode) {
        return typeCode >= ActiveMQMessage.TYPE && typeCode <= ActiveMQBlobMessage.TYPE;
    }

    @Override
    public byte typeCode() {
        return ActiveMQMessage.TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        producerId = m.cached(producerId, ProducerId.class);
        destination = m.cached(destination, ActiveMQDestination.class);
        transactionId = m.cached(transactionId, TransactionId.class);
    }
}
