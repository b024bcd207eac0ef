package io.ferrymq.selector;

import static io.ferrymq.selector.SelectorSyntaxTest.selector;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which messages a selector matches. */
class SelectorMatchingTest {
    private static final Map<String, Object> PROPERTIES = Map.ofEntries(
            Map.entry("color", "blue"),
            Map.entry("weight", 12),
            Map.entry("big", 1L << 40),
            Map.entry("half", 0.5),
            Map.entry("quarter", 0.25f),
            Map.entry("small", (byte) 5),
            Map.entry("short", (short) 5),
            Map.entry("yes", true),
            Map.entry("no", false),
            Map.entry("digits", "12"),
            Map.entry("letter", 'x'),
            Map.entry("bytes", new byte[] {1}),
            Map.entry("list", List.of(1, 2)),
            Map.entry("größe", 3),
            Map.entry("$_1", "it's"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "color = 'blue' AND weight > 10",
                "color <> 'red'",
                "COLOR IS NULL AND color IS NOT NULL",
                "weight BETWEEN 12 AND 12",
                "weight not between 13 and 20",
                "color IN ('red', 'blue')",
                "color NOT IN ('red', 'green')",
                "color LIKE 'b%e' AND color NOT LIKE 'r%'",
                "$_1 = 'it''s'",
                "größe = 3",
                "yes",
                "NOT no",
                "yes = TRUE AND no = FALSE AND yes <> no",
                "big = 1099511627776 AND big > weight",
                "half + quarter = 0.75 AND half = 5E-1",
                "weight = 0xC AND weight = 014 AND weight = 12L AND weight = 12.0",
                "weight / 5 = 2.4 AND weight % 5 = 2 AND weight * -1 = -12 AND - - weight = +12",
                "2147483647 + 1 = -2147483648",
                "2147483648 + 1 = 2147483649",
                "weight / 0 > 9999999999 AND 0 / 0 = 0 / 0",
                "small = 5 AND short = 5 AND short > small - 1",
                "color + weight = 'blue12'",
                "missing = otherMissing",
                "5 <> missing",
                "TRUE",
                "weight = 12 -- and no more\n",
                "weight /* in kg */ = 12",
                "convert_string_expressions:digits = 12 AND 12 = digits AND digits > 11",
                "no_convert_string_expressions:digits = '12'",
            })
    void shouldMatch(String text) {
        assertThat(selector(text).matches(candidate())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "color = 'Blue'",
                "missing = 'blue'",
                "NOT (missing = 'blue')",
                "missing <> 5",
                "missing > 5 OR missing <= 5",
                "missing NOT IN ('a')",
                "missing NOT LIKE 'a'",
                "missing NOT BETWEEN 1 AND 2",
                "missing + 1 = 1",
                "weight IN ('12')",
                "weight NOT IN ('13')",
                "digits = 12",
                "digits > 11",
                "color",
                "NULL",
                "NOT NULL",
                "5 = small",
                "weight LIKE '12'",
                "letter = 'x'",
                "convert_string_expressions:color = 12",
            })
    void shouldNotMatch(String text) {
        assertThat(selector(text).matches(candidate())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes > 5",
                "list < 5",
                "bytes + 5 = 5",
                "color * 2 = 4",
                "-color = 5",
                "yes + 1 = 2",
                "5 + color = 'x'",
                "half < quarter",
                "NOT (list > 5)",
                "convert_string_expressions:yes = 'false'"
            })
    void shouldNeitherMatchNorThrowWhereValuesDoNotFit(String text) {
        assertThat(selector(text).matches(candidate())).isFalse();
    }

    @Test
    void shouldNegateAByteAndOrderADoubleBeforeAFloatAlthoughClassicThrows() {
        assertThat(selector("-small = -5 AND -short < 0 AND half > quarter").matches(candidate()))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JMSPriority = 7 AND JMSPriority BETWEEN 5 AND 9",
                "JMSDeliveryMode = 'PERSISTENT'",
                "JMSMessageID = 'ID:host:1:2:3:4'",
                "JMSTimestamp = 1000 AND JMSExpiration = 2000 AND JMSActiveMQBrokerInTime = 1500",
                "JMSCorrelationID = 'c-1' AND JMSType = 'order'",
                "JMSDestination = 'queue://ORDERS' AND JMSReplyTo = 'temp-queue://ID:host:1:1'",
                "JMSXGroupID = 'g' AND JMSXGroupSeq = 3 AND JMSXUserID = 'ann'",
                "JMSXDeliveryCount = 1 AND NOT JMSRedelivered AND JMSRedelivered = FALSE",
                "JMSXProducerTXID IS NULL",
            })
    void shouldKnowTheHeaders(String text) {
        assertThat(selector(text).matches(new Candidate(message().build(), PropertyFormat.NONE)))
                .isTrue();
    }

    @Test
    void shouldTakeTheForeignIdForTheMessageId() {
        MessageId id = message().build().id();
        Message bare = message().id(new MessageId(id.producer(), 1, "abc")).build();
        Message prefixed =
                message().id(new MessageId(id.producer(), 1, "ID:abc")).build();

        Selector selector = selector("JMSMessageID = 'ID:abc'");

        assertThat(selector.matches(new Candidate(bare, PropertyFormat.NONE))).isTrue();
        assertThat(selector.matches(new Candidate(prefixed, PropertyFormat.NONE)))
                .isTrue();
    }

    @Test
    void shouldTakeWhereItWasSentForTheDestination() {
        Message dead = message()
                .destination(DestinationName.queue("DLQ"))
                .originalDestination(DestinationName.topic("T"))
                .build();

        assertThat(selector("JMSDestination = 'topic://T'").matches(new Candidate(dead, PropertyFormat.NONE)))
                .isTrue();
    }

    @Test
    void shouldPreferWhatTheBrokerAddedToWhatTheProducerSet() {
        Message message = message()
                .annotations(Map.of("dlqDeliveryFailureCause", "expired"))
                .build();
        PropertyFormat format = unused -> Map.of("dlqDeliveryFailureCause", "forged", "other", 1);

        assertThat(selector("dlqDeliveryFailureCause = 'expired' AND other = 1")
                        .matches(new Candidate(message, format)))
                .isTrue();
    }

    @Test
    void shouldDecodeThePropertiesOnceAndOnlyWhenAsked() {
        AtomicInteger reads = new AtomicInteger();
        Candidate candidate = new Candidate(message().build(), unused -> {
            reads.incrementAndGet();
            return PROPERTIES;
        });

        selector("JMSPriority = 7").matches(candidate);
        assertThat(reads).hasValue(0);
        for (int i = 0; i < 1000; i++) {
            assertThat(selector("weight > " + i).matches(candidate)).isEqualTo(i < 12);
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void shouldNotMakeHugeStrings() {
        Map<String, Object> properties = Map.of("s", "x".repeat(40_000));
        Candidate candidate = new Candidate(message().build(), unused -> properties);

        assertThat(selector("s + 'y' LIKE '%xy'").matches(candidate)).isTrue();
        assertThat(selector("s + s IS NULL").matches(candidate)).isTrue();
    }

    @Test
    void shouldEvaluateEachOperandOnceHoweverNested() {
        String text = "weight";
        for (int i = 0; i < 60; i++) {
            text = "(" + text + " + 1 BETWEEN missing AND missing)";
        }
        Selector selector = selector(text);

        assertThat(assertTimeoutPreemptively(ofSeconds(60), () -> selector.matches(candidate())))
                .isFalse();
    }

    private static Candidate candidate() {
        return new Candidate(message().build(), unused -> PROPERTIES);
    }

    static Message.Builder message() {
        return Message.builder(new MessageId(new ProducerId("ID:host:1", 2, 3), 4), DestinationName.queue("ORDERS"))
                .persistent(true)
                .priority((byte) 7)
                .timestampMs(1000)
                .arrivalMs(1500)
                .expirationMs(2000)
                .correlationId("c-1")
                .type("order")
                .group("g", 3)
                .userId("ann")
                .replyTo(new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:host:1:1"));
    }
}
