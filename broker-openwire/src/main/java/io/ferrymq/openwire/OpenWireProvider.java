package io.ferrymq.openwire;

import io.ferrymq.BrokerConfig;
import io.ferrymq.openwire.connection.AdvisorySettings;
import io.ferrymq.openwire.connection.OpenWireServer;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.session.Sessions;
import io.ferrymq.spi.ProtocolProvider;

/** OpenWire over TCP: what stock ActiveMQ clients speak to {@code tcp://host:port}. Stateless; any thread. */
public final class OpenWireProvider implements ProtocolProvider {
    @Override
    public String scheme() {
        return "tcp";
    }

    @Override
    public ProtocolServer open(Sessions sessions, BrokerConfig config) {
        DestinationPolicies policies = new DestinationPolicies(config.policies());
        AdvisorySettings advisories = new AdvisorySettings(
                config.advisorySupport(),
                destination -> policies.of(destination).advisories().includeBodyForAdvisory());
        return OpenWireServer.open(sessions, config.ioThreads(), advisories);
    }
}
