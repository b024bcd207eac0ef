package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A strict command line: {@code --name value} pairs and bare flags, each known in advance and given at most once. */
final class Arguments {
    private final Map<String, String> values;

    private Arguments(Map<String, String> values) {
        this.values = values;
    }

    static Arguments parse(String[] args, Set<String> valued, Set<String> flags) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.length; i++) {
            String name = args[i];
            String value = "true";
            if (valued.contains(name)) {
                if (i + 1 == args.length) {
                    throw new UsageException("option needs a value: " + name);
                }
                value = args[++i];
            } else if (!flags.contains(name)) {
                List<String> known = new ArrayList<>(valued);
                known.addAll(flags);
                throw UsageException.unknown("option", name, known);
            }
            if (values.put(name, value) != null) {
                throw new UsageException("option given twice: " + name);
            }
        }
        return new Arguments(values);
    }

    /** These where they say something, else {@code defaults}. */
    Arguments over(Arguments defaults) {
        Map<String, String> merged = new HashMap<>(defaults.values);
        merged.putAll(values);
        return new Arguments(merged);
    }

    boolean given(String name) {
        return values.containsKey(name);
    }

    String text(String name, String fallback) {
        return values.getOrDefault(name, fallback);
    }

    String required(String name) {
        if (!given(name)) {
            throw new UsageException("option missing: " + name);
        }
        return text(name, "");
    }

    boolean truth(String name, boolean fallback) {
        String value = text(name, Boolean.toString(fallback));
        if (!value.equals("true") && !value.equals("false")) {
            throw new UsageException("true or false expected: " + name + " " + value);
        }
        return value.equals("true");
    }

    int count(String name, int fallback, int min, int max) {
        String value = text(name, Integer.toString(fallback));
        try {
            int count = Integer.parseInt(value);
            if (count >= min && count <= max) {
                return count;
            }
        } catch (NumberFormatException e) {
            // the line below says it for both cases
        }
        throw new UsageException("number from " + min + " to " + max + " expected: " + name + " " + value);
    }

    List<String> words(String name, String fallback) {
        return Arrays.asList(text(name, fallback).split(","));
    }
}
