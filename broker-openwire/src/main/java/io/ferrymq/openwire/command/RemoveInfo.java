package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client closes the connection, session, consumer or producer with this id. */
public final class RemoveInfo extends BaseCommand {
    public static final byte TYPE = 12;

    /** One of ConnectionId, SessionId, ConsumerId, ProducerId. */
    public @Nullable WireValue objectId;
    /** -1 is nothing delivered, -2 unknown, which is what versions before 5 leave it at. */
    public long lastDeliveredSequenceId = -2;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        objectId = m.cached(objectId, WireValue.class);
        if (m.version() >= 5) {
            lastDeliveredSequenceId = m.int64(lastDeliveredSequenceId);
        }
    }
}
