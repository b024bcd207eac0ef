package io.ferrymq.openwire.command;

/**
 * A structure with value equality: ids, destinations and transaction ids. Only these go through the object cache, which
 * finds them by equality and shares one instance between commands; so a value is not changed once it was sent or received.
 */
public abstract class WireValue extends DataStructure {
    @Override
    public abstract boolean equals(Object other);

    @Override
    public abstract int hashCode();
}
