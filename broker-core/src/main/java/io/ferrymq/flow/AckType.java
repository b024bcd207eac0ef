package io.ferrymq.flow;

/** The acknowledge types a client may send, named as OpenWire's MessageAck does. */
public enum AckType {
    /** Delivered to the application, not consumed: widens the prefetch window. */
    DELIVERED,
    /** Cannot be processed: to the dead letter queue. */
    POISON,
    /** Consumed. */
    STANDARD,
    /** The client redelivers by itself; no change of state. */
    REDELIVERED,
    /** Only the last message is consumed. */
    INDIVIDUAL,
    /** Expired before it was consumed. */
    EXPIRED
}
