package io.ferrymq.server.config;

import io.ferrymq.BrokerException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with one configuration file: all of it, so that it takes one round to repair. Used by one thread. */
final class Mistakes {
    private record Mistake(int line, String text) {
        @Override
        public String toString() {
            return line > 0 ? "line " + line + ": " + text : text;
        }
    }

    private final List<Mistake> mistakes = new ArrayList<>();

    /** {@code line} 0: no line to point at. */
    void add(int line, String text) {
        mistakes.add(new Mistake(line, text));
    }

    void throwIfAny(String file) {
        if (mistakes.isEmpty()) {
            return;
        }
        mistakes.sort(Comparator.comparingInt(Mistake::line));
        String all = mistakes.stream().map(Mistake::toString).collect(Collectors.joining("; "));
        throw new BrokerException(BrokerException.Code.CONFIGURATION, file + ": " + all);
    }
}
