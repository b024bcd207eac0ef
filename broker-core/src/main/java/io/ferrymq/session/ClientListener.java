package io.ferrymq.session;

import io.ferrymq.flow.DeliverySink;

/** The connection behind a {@link Client}. Called on any thread; must neither block nor throw. */
public interface ClientListener extends DeliverySink {
    /** The broker wants this client gone (replaced, broker stopping): close the socket, then {@link Client#close}. */
    void evicted(String reason);
}
