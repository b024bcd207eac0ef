package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.filter.MessageEvaluationContext;
import org.apache.activemq.selector.SelectorParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelectorKindTest {
    @ParameterizedTest
    @EnumSource
    void shouldMarkAMessageForOneConsumerOnly(SelectorKind kind) throws Exception {
        for (int consumer : new int[] {0, 1, 17, 171, 999}) {
            ActiveMQMessage message = new ActiveMQMessage();
            message.setDestination(new ActiveMQQueue("any"));
            kind.mark(message, consumer);
            MessageEvaluationContext context = new MessageEvaluationContext();
            context.setMessageReference(message);

            for (int other = 0; other < 1_000; other++) {
                assertThat(SelectorParser.parse(kind.of(other)).matches(context))
                        .isEqualTo(other == consumer);
            }
        }
    }
}
