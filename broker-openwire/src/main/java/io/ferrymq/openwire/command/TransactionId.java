package io.ferrymq.openwire.command;

/** A local or an XA transaction. */
public abstract class TransactionId extends WireValue {
    public abstract boolean isXa();
}
