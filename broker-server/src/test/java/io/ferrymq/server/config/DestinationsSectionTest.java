package io.ferrymq.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.BrokerException;
import io.ferrymq.message.DestinationName;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationsSectionTest {
    @Test
    void shouldReadTheExampleOfTheUserGuide() {
        Settings settings = ConfigurationFile.read(Path.of("..", "docs", "ferrymq.yaml"));

        assertThat(settings.toBuilder().build().names().destinations())
                .containsExactly(
                        DestinationName.queue("Consumer.billing.VirtualTopic.orders"), DestinationName.topic("news"));
    }

    @Test
    void shouldHaveNoneWithoutTheKey() {
        assertThat(ConfigurationFile.parse("f", "").toBuilder().build().names().destinations())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "[{}] | destinations[0].exactly one of 'queue' and 'topic'",
                "[{queue: a}, {queue: b, topic: c}] | destinations[1].exactly one of 'queue' and 'topic'",
                "[{queue: ' '}] | destinations[0].exactly one of",
                "[{queues: a}] | did you mean 'destinations[0].queue'?",
                "[{queue: a.*}] | destinations: each one queue or topic without wildcards, not 'queue://a.*'"
            })
    void shouldRefuseWithTheReason(String list, String expected) {
        assertThatThrownBy(() -> ConfigurationFile.parse("f", "destinations: " + list).toBuilder()
                        .build())
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.code()).isEqualTo(BrokerException.Code.CONFIGURATION))
                .hasMessageContaining(expected);
    }
}
