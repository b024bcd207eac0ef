package io.ferrymq.flow;

/**
 * Where a consumer's messages go: the connection's outbound queue. Called on shard threads, possibly several; must neither
 * block nor throw. Credit bounds what is outstanding, so an implementation needs no bound of its own.
 */
public interface DeliverySink {
    void deliver(Delivery delivery);

    /** Nothing (more) for this consumer: end of a browse, or a pull that found no message in time. */
    void nothing(ConsumerId consumer);

    /** The consumer is too slow and is to end: the client is told, and its removal follows (OpenWire ConsumerControl.close). */
    void abort(ConsumerId consumer);

    /** Whether so much waits to be written that a topic's subscriber should rather wait too; {@code Client.resume} ends that. */
    boolean isCongested();
}
