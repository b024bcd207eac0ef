package io.ferrymq.openwire.command;

/** A datagram peer asks for commands it missed. */
public final class ReplayCommand extends BaseCommand {
    public static final byte TYPE = 65;

    public int firstNakNumber;
    public int lastNakNumber;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        firstNakNumber = m.int32(firstNakNumber);
        lastNakNumber = m.int32(lastNakNumber);
    }
}
