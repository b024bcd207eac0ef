package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A record of ActiveMQ's old journal store. Decodable so that a frame with it can be refused cleanly. */
public final class JournalTrace extends DataStructure {
    public static final byte TYPE = 53;

    public @Nullable String message;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        message = m.string(message);
    }
}
