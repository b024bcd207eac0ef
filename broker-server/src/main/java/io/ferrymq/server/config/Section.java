package io.ferrymq.server.config;

import io.ferrymq.server.config.YamlNode.Mapping;
import io.ferrymq.server.config.YamlNode.Nothing;
import io.ferrymq.server.config.YamlNode.Scalar;
import io.ferrymq.server.config.YamlNode.Sequence;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * One mapping of the file while it is read. Used by one thread. Keys are known by being asked for: {@link #end} reports those
 * of the file that nobody asked for, with the nearest one that somebody did.
 */
final class Section {
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

    private final Mapping mapping;
    private final String prefix;
    private final Mistakes mistakes;
    private final Set<String> known = new TreeSet<>();

    Section(Mapping mapping, String prefix, Mistakes mistakes) {
        this.mapping = mapping;
        this.prefix = prefix;
        this.mistakes = mistakes;
    }

    void text(String key, Consumer<String> setter) {
        scalar(key).ifPresent(scalar -> setter.accept(scalar.text()));
    }

    void flag(String key, Consumer<Boolean> setter) {
        scalar(key).ifPresent(scalar -> {
            switch (scalar.text()) {
                case "true" -> setter.accept(true);
                case "false" -> setter.accept(false);
                default -> wrong(scalar, key, "true or false");
            }
        });
    }

    void quantity(String key, Quantity.Kind kind, long most, LongConsumer setter) {
        scalar(key).ifPresent(scalar -> {
            OptionalLong value = Quantity.parse(kind, scalar.text());
            if (value.isEmpty()) {
                wrong(scalar, key, kind.description());
            } else if (value.getAsLong() > most) {
                wrong(scalar, key, "at most " + most);
            } else {
                setter.accept(value.getAsLong());
            }
        });
    }

    <E extends Enum<E>> void choice(String key, Class<E> type, Consumer<E> setter) {
        scalar(key).ifPresent(scalar -> {
            List<String> names = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
                names.add(name);
                if (name.equalsIgnoreCase(scalar.text())) {
                    setter.accept(constant);
                    return;
                }
            }
            wrong(scalar, key, "one of " + String.join(", ", names));
        });
    }

    /** A number like 2.5. */
    void decimal(String key, DoubleConsumer setter) {
        scalar(key).ifPresent(scalar -> {
            if (DECIMAL.matcher(scalar.text()).matches()) {
                setter.accept(Double.parseDouble(scalar.text()));
            } else {
                wrong(scalar, key, "a number like 2 or 2.5");
            }
        });
    }

    /** One of some words, or a section below the key. */
    void wordOrSection(String key, List<String> words, Consumer<String> setter, Consumer<Section> reader) {
        if (mapping.entries().get(key) instanceof Mapping) {
            section(key, reader);
            return;
        }
        scalar(key).ifPresent(scalar -> {
            if (words.contains(scalar.text())) {
                setter.accept(scalar.text());
            } else {
                wrong(scalar, key, "one of " + String.join(", ", words));
            }
        });
    }

    /** A list of single values. */
    void texts(String key, Consumer<List<String>> setter) {
        find(key).ifPresent(node -> {
            List<String> texts = new ArrayList<>();
            if (node instanceof Sequence sequence) {
                for (YamlNode item : sequence.items()) {
                    if (item instanceof Scalar scalar) {
                        texts.add(scalar.text());
                    }
                }
            }
            if (node instanceof Sequence sequence
                    && texts.size() == sequence.items().size()) {
                setter.accept(texts);
            } else {
                mistakes.add(node.line(), prefix + key + ": a list of single values expected, like [a, b]");
            }
        });
    }

    void path(String key, Consumer<Path> setter) {
        scalar(key).ifPresent(scalar -> {
            try {
                setter.accept(Path.of(scalar.text()));
            } catch (InvalidPathException e) {
                mistakes.add(scalar.line(), prefix + key + ": no path: " + e.getMessage());
            }
        });
    }

    /** Something is wrong with the section as a whole. */
    void mistake(String text) {
        mistakes.add(mapping.line(), prefix + text);
    }

    void section(String key, Consumer<Section> reader) {
        find(key).ifPresent(node -> nested(node, key, reader));
    }

    void sections(String key, Consumer<Section> reader) {
        find(key).ifPresent(node -> {
            if (node instanceof Sequence sequence) {
                int index = 0;
                for (YamlNode item : sequence.items()) {
                    nested(item, key + "[" + index++ + "]", reader);
                }
            } else {
                mistakes.add(node.line(), prefix + key + ": a list expected ('- ...' lines)");
            }
        });
    }

    /** Reports what nobody asked for. */
    void end() {
        for (Map.Entry<String, YamlNode> entry : mapping.entries().entrySet()) {
            if (!known.contains(entry.getKey())) {
                String hint = Nearest.to(entry.getKey(), known)
                        .map(near -> "did you mean '" + prefix + near + "'?")
                        .orElse("known: " + String.join(", ", known));
                mistakes.add(entry.getValue().line(), "unknown key '" + prefix + entry.getKey() + "' (" + hint + ")");
            }
        }
    }

    private void nested(YamlNode node, String key, Consumer<Section> reader) {
        if (node instanceof Mapping inner) {
            Section section = new Section(inner, prefix + key + ".", mistakes);
            reader.accept(section);
            section.end();
        } else {
            mistakes.add(node.line(), prefix + key + ": 'key: value' lines expected below it");
        }
    }

    private Optional<Scalar> scalar(String key) {
        Optional<YamlNode> node = find(key);
        if (node.isPresent() && node.get() instanceof Scalar scalar) {
            return Optional.of(scalar);
        }
        node.ifPresent(other -> mistakes.add(other.line(), prefix + key + ": a single value expected"));
        return Optional.empty();
    }

    private Optional<YamlNode> find(String key) {
        known.add(key);
        YamlNode node = mapping.entries().get(key);
        if (node instanceof Nothing) {
            mistakes.add(node.line(), prefix + key + ": has no value");
            return Optional.empty();
        }
        return Optional.ofNullable(node);
    }

    private void wrong(Scalar scalar, String key, String expected) {
        mistakes.add(scalar.line(), prefix + key + ": " + expected + ", not '" + scalar.text() + "'");
    }
}
