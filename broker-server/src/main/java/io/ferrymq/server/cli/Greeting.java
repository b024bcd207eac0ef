package io.ferrymq.server.cli;

import java.io.IOException;
import java.util.Optional;
import org.apache.activemq.command.BrokerInfo;
import org.apache.activemq.command.WireFormatInfo;
import org.apache.activemq.transport.TransportListener;

/**
 * What a broker says about itself when a client connects. Written by the client's transport thread before the first answer
 * arrives, read by the verb after it: hence volatile.
 */
final class Greeting implements TransportListener {
    private volatile Optional<BrokerInfo> broker = Optional.empty();
    private volatile Optional<WireFormatInfo> wireFormat = Optional.empty();

    @Override
    public void onCommand(Object command) {
        if (command instanceof BrokerInfo info) {
            broker = Optional.of(info);
        } else if (command instanceof WireFormatInfo info) {
            wireFormat = Optional.of(info);
        }
    }

    String brokerName() {
        return broker.map(BrokerInfo::getBrokerName).orElse("unnamed");
    }

    String brokerId() {
        return broker.map(BrokerInfo::getBrokerId).map(String::valueOf).orElse("no id");
    }

    /** Name and version; brokers before OpenWire 6 do not tell. */
    String product() {
        return wireFormat.map(Greeting::product).orElse("unknown broker");
    }

    private static String product(WireFormatInfo info) {
        try {
            String name = info.getProviderName();
            String version = info.getProviderVersion();
            return name == null ? "unknown broker" : version == null ? name : name + " " + version;
        } catch (IOException e) {
            return "unknown broker (" + e.getMessage() + ")";
        }
    }

    @Override
    public void onException(IOException error) {}

    @Override
    public void transportInterupted() {}

    @Override
    public void transportResumed() {}
}
