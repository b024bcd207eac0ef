package io.ferrymq.openwire.command;

/** The last piece of a command too large for one datagram. */
public final class LastPartialCommand extends PartialCommand {
    public static final byte TYPE = 61;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
