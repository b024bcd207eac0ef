package io.ferrymq.session;

import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Properties as text, for instance {@code colour=blue;weight=7}: numbers are longs. What begins with a question mark cannot be read. */
final class TextProperties implements PropertyFormat {
    private int decodings;

    @Override
    public Map<String, Object> read(Message message) {
        decodings++;
        Map<String, Object> properties = new HashMap<>();
        if (isReadable(message)) {
            for (String pair : text(message).split(";")) {
                String[] parts = pair.split("=", 2);
                if (parts.length == 2) {
                    boolean number = parts[1].chars().allMatch(Character::isDigit);
                    properties.put(parts[0], number ? (Object) Long.valueOf(parts[1]) : parts[1]);
                }
            }
        }
        return properties;
    }

    @Override
    public boolean isReadable(Message message) {
        return !text(message).startsWith("?");
    }

    private static String text(Message message) {
        return new String(message.properties(), StandardCharsets.UTF_8);
    }

    /** How often properties of a message have been decoded. */
    int decodings() {
        return decodings;
    }
}
