package io.ferrymq.openwire.command;

/** A message whose content is a primitive map. */
public final class ActiveMQMapMessage extends ActiveMQMessage {
    public static final byte TYPE = 25;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
