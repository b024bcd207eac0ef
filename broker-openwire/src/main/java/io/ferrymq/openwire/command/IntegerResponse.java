package io.ferrymq.openwire.command;

/** An answer that carries a number, for instance the vote for PREPARE. */
public final class IntegerResponse extends Response {
    public static final byte TYPE = 34;

    public int result;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        result = m.int32(result);
    }
}
