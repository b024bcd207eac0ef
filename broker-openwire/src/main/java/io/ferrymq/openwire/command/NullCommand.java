package io.ferrymq.openwire.command;

/** The frame that says nothing: a type code of 0 and no body, not even a boolean stream. Receivers ignore it. */
public final class NullCommand extends DataStructure {
    public static final byte TYPE = 0;
    public static final NullCommand INSTANCE = new NullCommand();

    private NullCommand() {}

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {}
}
