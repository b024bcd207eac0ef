package io.ferrymq.openwire.connection;

import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.openwire.codec.MalformedFrameException;
import io.ferrymq.openwire.codec.PrimitiveMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Message properties as OpenWire marshals them (OpenWire 4 and 10.3). Bytes that are no map within the limits of stock brokers
 * count as no properties: they were forwarded unread, so the first to look at them is a selector or a console. Stateless; any
 * thread.
 */
public final class OpenWireProperties implements PropertyFormat {
    private static final PrimitiveMap.Limits LIMITS = PrimitiveMap.Limits.defaults();

    @Override
    public Map<String, Object> read(Message message) {
        byte[] bytes = message.properties();
        if (bytes.length == 0) {
            return Map.of();
        }
        try {
            return withoutNulls(PrimitiveMap.decode(bytes, LIMITS));
        } catch (MalformedFrameException e) {
            return Map.of();
        }
    }

    @Override
    public @Nullable Object find(Message message, String name) {
        byte[] bytes = message.properties();
        return bytes.length == 0 ? null : PrimitiveMap.find(bytes, name, LIMITS);
    }

    @Override
    public boolean isReadable(Message message) {
        byte[] bytes = message.properties();
        return bytes.length == 0 || PrimitiveMap.isValid(bytes, LIMITS);
    }

    private static Map<String, Object> withoutNulls(Map<String, @Nullable Object> properties) {
        if (properties.isEmpty()) {
            return Map.of();
        }
        properties.values().removeIf(Objects::isNull);
        return properties;
    }
}
