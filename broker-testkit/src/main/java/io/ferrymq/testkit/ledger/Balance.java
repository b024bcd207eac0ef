package io.ferrymq.testkit.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Compares sends with sightings. Owned by the thread that asked for the verdict. */
final class Balance {
    private final Map<MessageKey, Outcome> outcomes = new HashMap<>();
    private final Map<MessageKey, List<Sighting>> seen = new HashMap<>();
    private final List<MessageKey> sentTwice = new ArrayList<>();
    private final List<Sighting> sightings;

    Balance(List<Send> sends, List<Sighting> sightings) {
        this.sightings = sightings;
        for (Send send : sends) {
            if (outcomes.put(send.key(), send.outcome()) != null) {
                sentTwice.add(send.key());
            }
        }
        for (Sighting sighting : sightings) {
            seen.computeIfAbsent(sighting.key(), key -> new ArrayList<>(1)).add(sighting);
        }
        if (!sentTwice.isEmpty()) {
            throw new IllegalStateException("a sequence was entered twice by its producer: " + sentTwice);
        }
    }

    Verdict verdict() {
        return new Verdict(
                new Verdict.Totals(
                        count(Outcome.ACKED),
                        count(Outcome.UNKNOWN),
                        count(Outcome.FAILED),
                        seen.size(),
                        sightings.size()),
                lost(),
                seenKeys(this::unexpected),
                seenKeys(key -> sightingsOf(key).size() > 1),
                seenKeys(this::repeatedWithoutReason),
                orderViolations());
    }

    private long count(Outcome outcome) {
        return outcomes.values().stream().filter(outcome::equals).count();
    }

    private List<MessageKey> lost() {
        return outcomes.entrySet().stream()
                .filter(entry -> entry.getValue() == Outcome.ACKED && !seen.containsKey(entry.getKey()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private List<MessageKey> seenKeys(Predicate<MessageKey> condition) {
        return seen.keySet().stream().filter(condition).sorted().toList();
    }

    private List<Sighting> sightingsOf(MessageKey key) {
        return seen.getOrDefault(key, List.of());
    }

    private boolean unexpected(MessageKey key) {
        Outcome outcome = outcomes.get(key);
        return outcome == null || outcome == Outcome.FAILED;
    }

    /** One delivery may be unflagged, the first; which one was first cannot be told across consumers, so they are only counted. */
    private boolean repeatedWithoutReason(MessageKey key) {
        long unflagged = sightingsOf(key).stream()
                .filter(sighting -> !sighting.redelivered())
                .count();
        return unflagged > 1 && outcomes.get(key) != Outcome.UNKNOWN;
    }

    private List<OrderViolation> orderViolations() {
        record Stream(String consumer, String producer) {}
        Map<Stream, MessageKey> latest = new HashMap<>();
        List<OrderViolation> violations = new ArrayList<>();
        for (Sighting sighting : sightings) {
            if (sighting.redelivered()) {
                continue;
            }
            MessageKey key = sighting.key();
            Stream stream = new Stream(sighting.consumer(), key.producer());
            MessageKey before = latest.get(stream);
            if (before != null && before.sequence() > key.sequence()) {
                violations.add(new OrderViolation(sighting.consumer(), key, before));
            } else {
                latest.put(stream, key);
            }
        }
        return violations;
    }
}
