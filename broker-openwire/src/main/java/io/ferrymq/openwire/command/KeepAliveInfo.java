package io.ferrymq.openwire.command;

/**
 * Sent when nothing else was written for a while. With responseRequired it is answered by another KeepAliveInfo, never by a
 * Response.
 */
public final class KeepAliveInfo extends BaseCommand {
    public static final byte TYPE = 10;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
