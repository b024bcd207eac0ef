package io.ferrymq.server.lines;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationName.Kind;
import java.util.Locale;

/** Names of destinations as text: the kind and the name, for composites too. */
final class Name {
    private static final String COLON = "://";

    private Name() {}

    static String write(DestinationName name) {
        return kind(name.kind()) + COLON + name.physicalName();
    }

    static DestinationName read(String text) {
        for (Kind kind : Kind.values()) {
            String prefix = kind(kind) + COLON;
            if (text.startsWith(prefix) && !text.substring(prefix.length()).isBlank()) {
                return new DestinationName(kind, text.substring(prefix.length()));
            }
        }
        throw new MalformedLineException("'" + text + "' is no destination like queue://NAME");
    }

    private static String kind(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
