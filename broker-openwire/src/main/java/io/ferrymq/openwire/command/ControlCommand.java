package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A text command between brokers. Stock peers ignore it. */
public final class ControlCommand extends BaseCommand {
    public static final byte TYPE = 14;

    public @Nullable String command;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        command = m.string(command);
    }
}
