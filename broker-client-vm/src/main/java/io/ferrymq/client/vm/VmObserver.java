package io.ferrymq.client.vm;

import io.ferrymq.openwire.connection.OpenWireServer;
import io.ferrymq.spi.BrokerObserver;
import io.ferrymq.spi.ProtocolProvider.ProtocolServer;

/** Makes every broker of this JVM known to {@code vm://}. Stateless; any thread. */
public final class VmObserver implements BrokerObserver {
    @Override
    public String scheme() {
        return "tcp";
    }

    /** A protocol of one's own for this scheme is none of ours. */
    @Override
    public void started(String brokerName, ProtocolServer server) {
        if (server instanceof OpenWireServer openWire) {
            VmBrokers.JVM.add(brokerName, openWire);
        }
    }

    @Override
    public void stopping(String brokerName, ProtocolServer server) {
        if (server instanceof OpenWireServer openWire) {
            VmBrokers.JVM.remove(brokerName, openWire);
        }
    }
}
