package io.ferrymq.openwire;

import io.ferrymq.BrokerConfig;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.openwire.connection.AdvisorySettings;
import io.ferrymq.openwire.connection.OpenWireProperties;
import io.ferrymq.openwire.connection.OpenWireServer;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.session.Sessions;
import io.ferrymq.spi.ProtocolProvider;
import java.util.List;
import java.util.Set;

/** OpenWire over TCP, encrypted or not: what stock ActiveMQ clients speak. Stateless; any thread. */
public final class OpenWireProvider implements ProtocolProvider {
    @Override
    public Set<String> schemes() {
        return OpenWireServer.SCHEMES;
    }

    @Override
    public void check(List<BrokerConfig.Listener> listeners) {
        OpenWireServer.check(listeners);
    }

    @Override
    public PropertyFormat properties() {
        return new OpenWireProperties();
    }

    @Override
    public ProtocolServer open(Sessions sessions, BrokerConfig config) {
        DestinationPolicies policies = new DestinationPolicies(config.policies());
        AdvisorySettings advisories = new AdvisorySettings(
                config.advisorySupport(),
                destination -> policies.of(destination).advisories().includeBodyForAdvisory());
        return OpenWireServer.open(sessions, config.socketEngine(), config.ioThreads(), advisories, policies);
    }
}
