package io.ferrymq.openwire.command;

/** A message without body. Also the base of all message types, and the carrier of advisories. */
public class ActiveMQMessage extends Message {
    public static final byte TYPE = 23;

    @Override
    public byte typeCode() {
        return TYPE;
    }
}
