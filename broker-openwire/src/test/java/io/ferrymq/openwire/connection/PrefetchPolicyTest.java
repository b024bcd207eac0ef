package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.Prefetch;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrefetchPolicyTest {
    private static final DestinationName QUEUE = DestinationName.queue("orders");
    private static final DestinationName TOPIC = DestinationName.topic("prices");

    private final PrefetchPolicy policy = new PrefetchPolicy(new DestinationPolicies(List.of(
            DestinationPolicy.of(QUEUE).prefetch(new Prefetch(1, 2, 3, 4)).build(),
            DestinationPolicy.of(TOPIC).prefetch(new Prefetch(1, 2, 3, 4)).build())));

    private int of(DestinationName destination, int asked, boolean browser, boolean durable) {
        return policy.of(destination, browser, durable).apply(asked);
    }

    @Test
    void shouldTakeThePlaceOfEachDefaultOfTheClient() {
        assertThat(of(QUEUE, 1_000, false, false)).isEqualTo(1);
        assertThat(of(QUEUE, 500, true, false)).isEqualTo(2);
        assertThat(of(TOPIC, 32_767, false, false)).isEqualTo(3);
        assertThat(of(TOPIC, 100, false, true)).isEqualTo(4);
        assertThat(of(TOPIC, 1_000, false, true))
                .as("alone in a session that acknowledges by itself")
                .isEqualTo(4);
    }

    @Test
    void shouldLeaveWhatAClientHasChosen() {
        assertThat(of(QUEUE, 999, false, false)).isEqualTo(999);
        assertThat(of(QUEUE, 500, false, false))
                .as("the default of browsers only")
                .isEqualTo(500);
        assertThat(of(QUEUE, 0, false, false)).isZero();
        assertThat(of(TOPIC, 100, false, false)).isEqualTo(100);
        assertThat(of(TOPIC, 32_767, false, true)).isEqualTo(32_767);
    }

    @Test
    void shouldLeaveItToTheClientWithoutAPolicy() {
        assertThat(of(DestinationName.queue("others"), 1_000, false, false)).isEqualTo(1_000);
    }
}
