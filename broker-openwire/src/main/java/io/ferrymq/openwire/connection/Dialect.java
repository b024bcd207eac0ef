package io.ferrymq.openwire.connection;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which JMS API the peer is compiled against. Exceptions travel as class names, and a name of the wrong package arrives as a
 * plain Throwable (OpenWire 8).
 */
enum Dialect {
    JAVAX("javax.jms."),
    JAKARTA("jakarta.jms.");

    private final String jmsPackage;

    Dialect(String jmsPackage) {
        this.jmsPackage = jmsPackage;
    }

    /** OpenWire 8: ProviderVersion starting with "5." or absent is javax, anything else jakarta. */
    static Dialect of(Map<String, @Nullable Object> wireFormatProperties) {
        Object version = wireFormatProperties.get("ProviderVersion");
        return version instanceof String text && !text.startsWith("5.") ? JAKARTA : JAVAX;
    }

    String jms(String simpleName) {
        return jmsPackage + simpleName;
    }
}
