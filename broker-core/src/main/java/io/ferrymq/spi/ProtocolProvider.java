package io.ferrymq.spi;

import io.ferrymq.BrokerConfig;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.session.Sessions;
import java.net.URI;
import java.util.List;
import java.util.Set;

/** A protocol, found with ServiceLoader or handed to the builder. */
public interface ProtocolProvider {
    /** URI schemes it serves, for instance {@code tcp}; lower case. */
    Set<String> schemes();

    /**
     * Looks at what only the protocol understands of its listeners. Called before anything of the broker is started.
     *
     * @throws io.ferrymq.BrokerException CONFIGURATION, naming every mistake
     */
    default void check(List<BrokerConfig.Listener> listeners) {}

    /** Reads the properties of messages that came by this protocol; gives no properties for others. */
    PropertyFormat properties();

    /**
     * Opens what listeners of one broker share (event loops).
     *
     * @param sessions the broker's door; stays usable until the server is closed
     */
    ProtocolServer open(Sessions sessions, BrokerConfig config);

    /** One broker's listeners of one protocol. */
    interface ProtocolServer extends AutoCloseable {
        /**
         * Binds and accepts connections; returns the URI with the port really bound.
         *
         * @throws io.ferrymq.BrokerException BIND, naming address and reason
         */
        URI listen(BrokerConfig.Listener listener);

        /** Accepts no more connections; those that exist go on. Idempotent. */
        void stopAccepting();

        /** Closes all connections and waits until their clients are closed and its threads have ended. Idempotent. */
        @Override
        void close();
    }
}
