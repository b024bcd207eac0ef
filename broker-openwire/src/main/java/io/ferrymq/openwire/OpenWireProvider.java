package io.ferrymq.openwire;

import io.ferrymq.BrokerConfig;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.connection.OpenWireServer;
import io.ferrymq.session.Sessions;
import io.ferrymq.spi.ProtocolProvider;

/** OpenWire over TCP: what stock ActiveMQ clients speak to {@code tcp://host:port}. Stateless; any thread. */
public final class OpenWireProvider implements ProtocolProvider {
    @Override
    public String scheme() {
        return "tcp";
    }

    @Override
    public PropertyFormat properties() {
        return message -> {
            try {
                return PrimitiveMap.decode(message.properties(), PrimitiveMap.Limits.defaults());
            } catch (io.ferrymq.openwire.codec.MalformedFrameException e) {
                return java.util.Map.of();
            }
        };
    }

    @Override
    public ProtocolServer open(Sessions sessions, BrokerConfig config) {
        return OpenWireServer.open(sessions, config.ioThreads());
    }
}
