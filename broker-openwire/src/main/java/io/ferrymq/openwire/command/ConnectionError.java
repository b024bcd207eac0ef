package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** Reports a failure nobody asked about, because the failed command had no responseRequired. The connection stays open. */
public final class ConnectionError extends BaseCommand {
    public static final byte TYPE = 16;

    public @Nullable WireThrowable exception;
    public @Nullable ConnectionId connectionId;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        exception = m.throwable(exception);
        connectionId = m.nested(connectionId, ConnectionId.class);
    }
}
