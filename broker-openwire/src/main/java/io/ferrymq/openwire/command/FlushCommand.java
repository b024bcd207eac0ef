package io.ferrymq.openwire.command;

/** Asks for a flush. Answered like any command, nothing else happens. */
public final class FlushCommand extends BaseCommand {
    public static final byte TYPE = 15;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
