package io.ferrymq.spi;

import io.ferrymq.spi.ProtocolProvider.ProtocolServer;

/**
 * Is told of every broker that starts in this JVM, to enter it without a socket; found with ServiceLoader. Core keeps no list of
 * brokers; an observer may.
 */
public interface BrokerObserver {
    /**
     * Scheme of the protocol it enters by, lower case. The server of that protocol is opened even when no listener asks for it;
     * it is the same one that the listeners of this scheme use.
     */
    String scheme();

    /**
     * A broker is up. Called on the thread that starts it, which it may not block; an exception makes the start fail. Names are
     * not unique.
     */
    void started(String brokerName, ProtocolServer server);

    /**
     * That broker begins to stop, or has failed and serves nobody any more; its server is still open. Called once for each {@link #started},
     * before the next step, on any thread.
     */
    void stopping(String brokerName, ProtocolServer server);
}
