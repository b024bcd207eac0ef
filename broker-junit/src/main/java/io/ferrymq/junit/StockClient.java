package io.ferrymq.junit;

import java.net.URI;
import org.apache.activemq.ActiveMQConnectionFactory;

/** The only class that names the ActiveMQ client. It names nothing of JMS, so either client will do. */
final class StockClient {
    private StockClient() {}

    static Object connectionFactory(URI uri) {
        return new ActiveMQConnectionFactory(uri.toString());
    }
}
