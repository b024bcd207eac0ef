package io.ferrymq.interop;

import io.ferrymq.Broker;
import io.ferrymq.flow.Limits;
import java.net.URI;
import java.nio.file.Path;

/** FerryMQ in this JVM, with a data directory. */
final class EmbeddedBroker implements BrokerUnderTest {
    /** ActiveMQ Classic as these scenarios have it takes any size. */
    private static final int LARGE_FRAME_BYTES = 32 << 20;

    private final Path data;
    private int port;
    private Broker broker;

    EmbeddedBroker(Path data) {
        this.data = data;
    }

    @Override
    public void start() {
        Broker.Builder builder = Broker.builder()
                .name("interop")
                .tcp("127.0.0.1", port)
                .dataDirectory(data)
                .limits(Limits.defaults().withFrameBytes(4 << 10, LARGE_FRAME_BYTES));
        FerryPolicies.all().forEach(builder::policy);
        broker = builder.start();
        port = broker.uri().getPort();
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
            broker = null;
        }
    }

    @Override
    public String uri() {
        URI uri = broker.uri();
        return uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort();
    }
}
