package io.ferrymq.client.vm;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.transport.MutexTransport;
import org.apache.activemq.transport.ResponseCorrelator;
import org.apache.activemq.transport.Transport;
import org.apache.activemq.transport.TransportFactory;
import org.apache.activemq.transport.TransportServer;
import org.apache.activemq.transport.WireFormatNegotiator;
import org.apache.activemq.wireformat.WireFormat;

/** What the stock client finds for {@code vm://}, by {@code META-INF/services}. Stateless; any thread. */
public final class VmTransportFactory extends TransportFactory {
    /** How Classic hands commands over inside the JVM; here there is one way. */
    private static final List<String> WITHOUT_EFFECT = List.of("marshal", "async", "asyncQueueDepth");

    private static final int ANY_VERSION = 1;

    @Override
    public Transport doConnect(URI location) throws IOException {
        return new ResponseCorrelator(new MutexTransport(doCompositeConnect(location)));
    }

    /** For transports like failover, which bring the outer layers themselves. */
    @Override
    public Transport doCompositeConnect(URI location) throws IOException {
        VmUrl url = parse(location);
        Map<String, String> options = new HashMap<>(url.options());
        // nobody's network breaks here, and the client's monitor would be a timer for nothing
        options.put("wireFormat.maxInactivityDuration", "0");
        WireFormat wireFormat = createWireFormat(options);
        if (!(wireFormat instanceof OpenWireFormat openWire)) {
            throw new IllegalArgumentException("vm:// speaks OpenWire only, not " + wireFormat);
        }
        WITHOUT_EFFECT.forEach(options::remove);
        if (!options.isEmpty()) {
            throw new IllegalArgumentException("Invalid connect parameters: " + options);
        }
        return new WireFormatNegotiator(new VmTransport(url, VmBrokers.JVM, openWire), openWire, ANY_VERSION);
    }

    private static VmUrl parse(URI location) throws IOException {
        try {
            return VmUrl.parse(location);
        } catch (URISyntaxException e) {
            throw new IOException("not a vm URL: " + location + ": " + e.getMessage(), e);
        }
    }

    @Override
    public TransportServer doBind(URI location) throws IOException {
        throw new IOException(
                "nothing is bound to " + location + ": every broker of this JVM can be reached by its name");
    }
}
