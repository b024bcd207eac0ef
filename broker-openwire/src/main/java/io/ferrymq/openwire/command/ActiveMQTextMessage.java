package io.ferrymq.openwire.command;

/** A message whose content is an int length and modified UTF-8. */
public final class ActiveMQTextMessage extends ActiveMQMessage {
    public static final byte TYPE = 28;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
