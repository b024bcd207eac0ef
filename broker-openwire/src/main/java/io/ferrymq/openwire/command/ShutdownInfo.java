package io.ferrymq.openwire.command;

/** The sender is about to close the connection. */
public final class ShutdownInfo extends BaseCommand {
    public static final byte TYPE = 11;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
