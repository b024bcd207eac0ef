package io.ferrymq.openwire.command;

/** A message whose content is a Java serialization stream. FerryMQ never reads it. */
public final class ActiveMQObjectMessage extends ActiveMQMessage {
    public static final byte TYPE = 26;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
