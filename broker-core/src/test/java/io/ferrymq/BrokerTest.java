package io.ferrymq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Brokers without a protocol. */
@Timeout(60)
class BrokerTest {
    private static final DestinationName QUEUE = DestinationName.queue("Consumer.A.VirtualTopic.orders");
    private static final DestinationName TOPIC = DestinationName.topic("news");

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldHaveItsDestinationsFromTheStart(int shards) {
        Broker.Builder builder =
                Broker.builder().shards(shards).destination(QUEUE).destination(TOPIC);
        try (Broker broker = Broker.builder().config(builder.build()).start()) {
            assertThat(broker.admin().destination(QUEUE)).isPresent();
            assertThat(broker.admin().destination(TOPIC)).isPresent();
            assertThat(broker.admin().destination(DestinationName.queue("other")))
                    .isEmpty();
        }
    }

    @Test
    void shouldNotStartWithMoreDestinationsThanAPolicyAllows() {
        Broker.Builder builder = Broker.builder()
                .policy(DestinationPolicy.of(DestinationName.topic("n.>"))
                        .maxDestinations(1)
                        .build())
                .destination(DestinationName.topic("n.1"))
                .destination(DestinationName.topic("n.2"));

        assertThatThrownBy(builder::start)
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.code()).isEqualTo(BrokerException.Code.CONFIGURATION))
                .hasMessageStartingWith("destinations: ")
                .hasMessageContaining("n.>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.>", "a,b", "*"})
    void shouldRefuseToStartWithNamesThatAreNotOneDestination(String name) {
        assertThatThrownBy(Broker.builder().destination(DestinationName.queue(name))::build)
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("destinations: each one queue or topic without wildcards, not '"
                        + DestinationName.queue(name) + "'");
    }
}
