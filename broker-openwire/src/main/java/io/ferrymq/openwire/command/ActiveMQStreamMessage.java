package io.ferrymq.openwire.command;

/** A message whose content is a sequence of tagged values. */
public final class ActiveMQStreamMessage extends ActiveMQMessage {
    public static final byte TYPE = 27;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
