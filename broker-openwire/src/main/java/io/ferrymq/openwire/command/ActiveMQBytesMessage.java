package io.ferrymq.openwire.command;

/** A message whose content is raw bytes. */
public final class ActiveMQBytesMessage extends ActiveMQMessage {
    public static final byte TYPE = 24;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
