package io.ferrymq.openwire.command;

/** The answer to a command that had responseRequired; {@code correlationId} is that command's id. */
public class Response extends BaseCommand {
    public static final byte TYPE = 30;

    public int correlationId;

    public Response() {}

    public Response(int correlationId) {
        this.correlationId = correlationId;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        correlationId = m.int32(correlationId);
    }
}
