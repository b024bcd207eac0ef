package io.ferrymq.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.BrokerException;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.CompositeDestination;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.policy.VirtualTopic;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtualDestinationsSectionTest {
    private static List<VirtualDestination> read(String text) {
        return ConfigurationFile.parse("f", text).toBuilder().build().names().virtualDestinations();
    }

    @Test
    void shouldReadTheExampleOfTheUserGuide() {
        Settings settings = ConfigurationFile.read(Path.of("..", "docs", "ferrymq.yaml"));

        assertThat(settings.toBuilder().build().names().virtualDestinations())
                .containsExactly(
                        VirtualTopic.DEFAULT,
                        CompositeDestination.of(
                                        DestinationName.queue("orders"),
                                        DestinationName.queue("orders.billing"),
                                        DestinationName.queue("orders.stock"))
                                .andTo(DestinationName.topic("orders.large"), "amount > 1000"),
                        CompositeDestination.of(
                                        DestinationName.topic("prices.>"), DestinationName.queue("prices.archive"))
                                .withForwardOnly(false));
    }

    @Test
    void shouldReadThatACompositeKeepsWhatIsNotMatched() {
        assertThat(
                        read(
                                "virtualDestinations: [{compositeQueue: a, sendWhenNotMatched: true, forwardTo: [{queue: b, selector: c = 1}]}]"))
                .containsExactly(CompositeDestination.of(DestinationName.queue("a"))
                        .andTo(DestinationName.queue("b"), "c = 1")
                        .withSendWhenNotMatched(true));
    }

    @Test
    void shouldReadAVirtualTopic() {
        assertThat(read("virtualDestinations: [{virtualTopic: '>', prefix: 'VTC.*.', postfix: .in}]"))
                .containsExactly(VirtualTopic.of(">").withPrefix("VTC.*.").withPostfix(".in"));
    }

    @Test
    void shouldHaveNoneWithoutTheKey() {
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "[{}] | virtualDestinations[0].exactly one of 'virtualTopic', 'compositeQueue' and 'compositeTopic'",
                "[{virtualTopic: a, compositeQueue: b}] | exactly one of",
                "[{virtualTopic: ' '}] | exactly one of",
                "[{virtualTopic: a, selectorAware: true}] | unknown key 'virtualDestinations[0].selectorAware'",
                "[{compositeQueue: a, prefix: b}] | unknown key 'virtualDestinations[0].prefix'",
                "[{compositeQueue: a, forwardto: []}] | did you mean 'virtualDestinations[0].forwardTo'?",
                "[{compositeQueue: a, forwardTo: [{queue: b, topic: c}]}] | forwardTo[0].exactly one of 'queue' and 'topic'",
                "[{compositeQueue: a, forwardTo: [{selector: 'b = 1'}]}] | forwardTo[0].exactly one of 'queue' and 'topic'",
                "[{compositeQueue: a}] | virtualDestinations[0].forwardTo: 1 to 64 destinations, not 0",
                "[{compositeQueue: 'a,b', forwardTo: [{queue: c}]}] | virtualDestinations[0]: one queue or topic, or wildcards",
                "[{compositeQueue: a, forwardTo: [{queue: b.>}]}] | virtualDestinations[0].forwardTo[0]: one queue or topic without",
                "[{compositeQueue: a, forwardTo: [{queue: b, selector: 'c ='}]}] | virtualDestinations[0].forwardTo[0].selector: 'c ='",
                "[{virtualTopic: a, prefix: b.>}] | virtualDestinations[0].prefix: no wildcard but *",
                "[{virtualTopic: a, postfix: .*}] | virtualDestinations[0].postfix: no wildcards"
            })
    void shouldRefuseWithTheReason(String list, String expected) {
        assertThatThrownBy(() -> read("virtualDestinations: " + list))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.code()).isEqualTo(BrokerException.Code.CONFIGURATION))
                .hasMessageContaining(expected);
    }
}
