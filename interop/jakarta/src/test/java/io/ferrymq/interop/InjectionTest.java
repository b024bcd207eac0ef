package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.Broker;
import io.ferrymq.junit.EmbeddedBroker;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.junit.jupiter.api.Test;

/** The extension of broker-junit with this client. */
@EmbeddedBroker(name = "injected")
final class InjectionTest {
    @EmbeddedBroker.Inject
    private ConnectionFactory factory;

    @Test
    void shouldInjectTheFactoryOfThisClient(ConnectionFactory parameter, Broker broker) throws JMSException {
        Connection sending = factory.createConnection();
        Connection receiving = parameter.createConnection();
        receiving.start();
        Session session = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("orders");
        Jms.send(session, queue, "a");

        assertThat(Jms.text(
                        receiving.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue)))
                .isEqualTo("a");
        assertThat(broker.admin().connections()).isEqualTo(2);
        sending.close();
        receiving.close();
    }
}
