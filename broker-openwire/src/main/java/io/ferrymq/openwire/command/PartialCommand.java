package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A piece of a command too large for one datagram. Not a normal command: it has no responseRequired. */
public class PartialCommand extends DataStructure {
    public static final byte TYPE = 60;

    public int commandId;
    public byte @Nullable [] data;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        commandId = m.int32(commandId);
        data = m.bytes(data);
    }
}
