package io.ferrymq.selector;

import static io.ferrymq.selector.SelectorSyntaxTest.selector;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.selector.Selector.Outcome.Accepted;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorIndexTest {
    private static final Message MESSAGE = SelectorMatchingTest.message().build();

    private final SelectorIndex<String> index = new SelectorIndex<>();

    @Test
    void shouldTellEveryUserOfEverySelectorThatMatches() {
        index.add(selector("id = 17"), "a");
        index.add(selector("id = 17"), "b");
        index.add(selector("id = 17 AND color = 'blue'"), "c");
        index.add(selector("id > 10"), "d");
        index.add(selector("id = 18"), "no");
        index.add(Selector.ALL, "all");

        assertThat(matches(Map.of("id", 17, "color", "blue"))).containsExactlyInAnyOrder("a", "b", "c", "d", "all");
        assertThat(matches(Map.of("id", 17))).containsExactlyInAnyOrder("a", "b", "d", "all");
        assertThat(matches(Map.of())).containsExactly("all");
    }

    @Test
    void shouldKnowAUserOncePerSelector() {
        index.add(selector("id = 17"), "a");
        index.add(selector("id = 17"), "a");
        index.add(selector("id IN ('x') OR id = 17"), "a");

        assertThat(matches(Map.of("id", 17))).containsExactly("a", "a");

        index.remove(selector("id = 17"), "a");
        assertThat(matches(Map.of("id", 17))).containsExactly("a");
    }

    @Test
    void shouldBeEmptyWhenAllIsRemoved() {
        List<String> texts = List.of("id = 17", "id = 18 AND a = 1", "id IN ('x', 'y') OR id = 1", "a > 1", "flag");
        assertThat(index.isEmpty()).isTrue();
        texts.forEach(text -> index.add(selector(text), "a"));
        index.add(Selector.ALL, "b");
        index.remove(selector("never = 1"), "a");
        index.remove(selector("id = 17"), "b");

        assertThat(index.isEmpty()).isFalse();
        texts.forEach(text -> index.remove(selector(text), "a"));
        assertThat(matches(Map.of("id", 17))).containsExactly("b");
        index.remove(Selector.ALL, "b");
        assertThat(index.isEmpty()).isTrue();
        assertThat(matches(Map.of("id", 17))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "id = %d",
        "%d = id",
        "kind = 'order' AND id = %d",
        "id = %d AND weight > 5",
        "id = 'x%d' OR id = %<d",
        "(id = %d)",
        "weight > 5 AND id IN ('%d') OR id = %<d",
        "id = -%d",
    })
    void shouldLookAnIdentifierUpOnceHoweverManySelectorsAskForIt(String format) {
        for (int i = 1; i <= 1000; i++) {
            index.add(selector(String.format(format, i)), "s" + i);
        }
        CountingProperties properties = new CountingProperties(Map.of("id", 77, "kind", "order", "weight", 9));

        index.forEachMatch(new Candidate(MESSAGE, unused -> properties), user -> {});

        assertThat(properties.lookups).isLessThan(10);
    }

    @Test
    void shouldTryOnlyWhatTheRarestValueLeaves() {
        for (int i = 0; i < 1000; i++) {
            index.add(selector("region = 'eu' AND customer = 'c" + i + "' AND price BETWEEN 10 AND 20"), "s" + i);
        }
        for (int i = 0; i < 10; i++) {
            index.add(selector("region = 'r" + i + "' AND kind = 'order'"), "r" + i);
        }
        assertThat(tried(Map.of("region", "eu", "customer", "c0", "price", 15))).isEqualTo(1);
        assertThat(tried(Map.of("region", "eu", "customer", "c999", "price", 15)))
                .isEqualTo(1);
        assertThat(tried(Map.of("region", "eu", "customer", "other"))).isZero();
        assertThat(tried(Map.of("region", "r7", "kind", "order"))).isEqualTo(1);
        for (int i = 0; i < 1000; i++) {
            index.remove(selector("region = 'eu' AND customer = 'c" + i + "' AND price BETWEEN 10 AND 20"), "s" + i);
        }
        assertThat(tried(Map.of("region", "eu", "customer", "c0", "price", 15))).isZero();
        assertThat(matches(Map.of("region", "r7", "kind", "order"))).containsExactly("r7");
    }

    private int tried(Map<String, Object> properties) {
        return index.forEachMatch(new Candidate(MESSAGE, unused -> properties), user -> {});
    }

    @Test
    void shouldAskTheFormatOnceForEachNameAndForAllWhenManyAreAskedFor() {
        List<String> asked = new ArrayList<>();
        PropertyFormat format = new PropertyFormat() {
            @Override
            public Map<String, Object> read(Message message) {
                asked.add("all");
                return Map.of("a", 1, "f", 6);
            }

            @Override
            public @Nullable Object find(Message message, String name) {
                asked.add(name);
                return name.equals("a") ? 1 : null;
            }
        };
        Candidate candidate = new Candidate(MESSAGE, format);
        for (String name : List.of("a", "b", "a", "b", "c", "d", "e", "f", "a")) {
            candidate.property(name);
        }
        assertThat(asked).containsExactly("a", "b", "c", "d", "all");
        assertThat(candidate.property("a")).isEqualTo(1);
        assertThat(candidate.property("b")).isNull();
        assertThat(candidate.property("f")).isEqualTo(6);
    }

    @Test
    void shouldIndexHeadersToo() {
        index.add(selector("JMSPriority = 7"), "priority");
        index.add(selector("JMSDeliveryMode = 'PERSISTENT'"), "mode");
        index.add(selector("JMSMessageID = 'ID:host:1:2:3:4'"), "id");
        index.add(selector("JMSRedelivered = FALSE"), "first");
        index.add(selector("JMSTimestamp = 1000.0"), "time");
        index.add(selector("JMSCorrelationID = 'c-1'"), "correlation");
        index.add(selector("JMSType = 'other'"), "no");
        List<String> found = new ArrayList<>();

        index.forEachMatch(new Candidate(MESSAGE, PropertyFormat.NONE), found::add);

        assertThat(found).containsExactlyInAnyOrder("priority", "mode", "id", "first", "time", "correlation");
    }

    /** The index may only be faster. A failure names its seed; {@code -Dferrymq.seed=...} plays it again. */
    @Test
    void shouldFindWhatTryingAllFinds() {
        Long given = Long.getLong("ferrymq.seed");
        long seed = given == null ? new Random().nextLong() : given;
        Random random = new Random(seed);
        Set<Selector> selectors = new LinkedHashSet<>();
        SelectorIndex<Selector> all = new SelectorIndex<>();
        RandomSelectors source = new RandomSelectors(random);
        for (int i = 0; i < 3_000; i++) {
            String text = i % 2 == 0 ? source.next() : source.equalities();
            if (Selector.parse(text) instanceof Accepted accepted) {
                selectors.add(accepted.selector());
                all.add(accepted.selector(), accepted.selector());
            }
        }
        for (int i = 0; i < 600; i++) {
            MessagePair message = MessagePair.random(random);
            List<Selector> found = new ArrayList<>();
            all.forEachMatch(message.candidate(), found::add);
            assertThat(found)
                    .as("-Dferrymq.seed=%d: %s", seed, message)
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(selectors.stream()
                            .filter(selector -> selector.matches(message.candidate()))
                            .toList());
        }
    }

    private List<String> matches(Map<String, Object> properties) {
        List<String> found = new ArrayList<>();
        index.forEachMatch(new Candidate(MESSAGE, unused -> properties), found::add);
        return found;
    }

    private static final class CountingProperties extends AbstractMap<String, Object> {
        private final Map<String, Object> properties;
        private int lookups;

        CountingProperties(Map<String, Object> properties) {
            this.properties = properties;
        }

        @Override
        public Object get(Object name) {
            lookups++;
            return properties.get(name);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return properties.entrySet();
        }
    }
}
