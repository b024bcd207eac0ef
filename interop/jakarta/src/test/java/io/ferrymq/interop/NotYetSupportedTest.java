package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What FerryMQ refuses until it can do it: with an exception that says so, not with silence. Each scenario goes when its feature comes. */
final class NotYetSupportedTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    @BeforeEach
    void onlyFerry() {
        assumeTrue(BrokerUnderTest.ferry(), "the other broker can do it");
    }

    @Test
    void shouldRefuseSelectors() throws JMSException {
        Session session = jms.session();

        assertThatThrownBy(() -> session.createConsumer(jms.queue(), "colour = 'blue'"))
                .isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void shouldRefuseDurableSubscriptions() throws JMSException {
        ActiveMQConnectionFactory factory = jms.factory();
        factory.setClientID(jms.name());
        ActiveMQConnection connection = jms.connect(factory);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);

        assertThatThrownBy(() -> session.createDurableSubscriber(jms.topic(), "subscription"))
                .isInstanceOf(JMSException.class)
                .satisfies(refusal -> assertThat(refusal).message().containsIgnoringCase("durable"));
    }
}
