package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Limits;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.BrokerId;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionControl;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.ferrymq.session.Sessions;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the broker says about itself. The same for every client and nothing else: no state, no platform. Stateless. */
final class Handshake {
    private static final long INITIAL_DELAY_MS = 10_000;
    private static final int CACHE_SIZE = 1024;

    /** Clients compare only the major version, to tell javax from jakarta. */
    private static final String PROVIDER_VERSION = "6.3.1";

    private Handshake() {}

    /** Loose and without cache, because that is the cheapest to pass through; the smaller wish of both sides counts. */
    static WireFormatInfo wireFormatInfo(Limits limits) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("TcpNoDelayEnabled", true);
        properties.put("SizePrefixDisabled", false);
        properties.put("CacheEnabled", false);
        properties.put("CacheSize", CACHE_SIZE);
        properties.put("TightEncodingEnabled", false);
        properties.put("StackTraceEnabled", false);
        properties.put("MaxInactivityDuration", (long) limits.inactivityTimeoutMs());
        properties.put("MaxInactivityDurationInitalDelay", INITIAL_DELAY_MS);
        properties.put("MaxFrameSize", (long) limits.frameBytes());
        properties.put("MaxFrameSizeEnabled", true);
        properties.put("ProviderName", "ActiveMQ");
        properties.put("ProviderVersion", PROVIDER_VERSION);
        properties.put("PlatformDetails", "Java");
        return WireOptions.announce(WireOptions.LATEST_VERSION, properties);
    }

    static BrokerInfo brokerInfo(Sessions sessions, String url) {
        BrokerInfo info = new BrokerInfo();
        info.brokerId = new BrokerId(sessions.brokerId());
        info.brokerName = sessions.brokerName();
        info.brokerURL = url;
        return info;
    }

    /** Asked for with {@code manageable}; there is no cluster to tell about. */
    static ConnectionControl connectionControl() {
        return new ConnectionControl();
    }
}
