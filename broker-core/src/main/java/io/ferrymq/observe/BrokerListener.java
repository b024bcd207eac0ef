package io.ferrymq.observe;

/** Hears of {@link BrokerEvent}s, on the thread where they happen, which is mostly a shard's: must neither block nor throw. */
public interface BrokerListener {
    void on(BrokerEvent event);
}
