package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The {@code JMSX} properties that say who sent a message and to which group it belongs. */
final class SenderIdentityTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Queue queue;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = jms.queue();
    }

    @Test
    void shouldNotNameTheSenderUnlessAsked() throws JMSException {
        Jms.send(session, queue, "a");

        Message got = Jms.receive(session.createConsumer(queue));

        assertThat(got.propertyExists("JMSXUserID")).isFalse();
        assertThat(got.getStringProperty("JMSXUserID")).isNull();
    }

    @Test
    void shouldPassOnTheUserThatAClientNames() throws JMSException {
        Message message = session.createTextMessage("a");
        message.setStringProperty("JMSXUserID", "alice");
        session.createProducer(queue).send(message);

        assertThat(Jms.receive(session.createConsumer(queue, "JMSXUserID = 'alice'"))
                        .getStringProperty("JMSXUserID"))
                .isEqualTo("alice");
    }

    @Test
    void shouldPassOnGroupsToSubscribers() throws JMSException {
        Topic topic = jms.topic();
        MessageConsumer subscriber = session.createConsumer(topic, "JMSXGroupID = 'g'");
        session.createProducer(topic).send(grouped("other", 1));
        session.createProducer(topic).send(grouped("g", 7));

        Message got = Jms.receive(subscriber);

        assertThat(got.getStringProperty("JMSXGroupID")).isEqualTo("g");
        assertThat(got.getIntProperty("JMSXGroupSeq")).isEqualTo(7);
    }

    @Test
    void shouldKeepAGroupInOrderForOneConsumer() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        List<String> sent = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            Message message = grouped("g" + i % 3, i);
            sent.add(Jms.text(message));
            producer.send(message);
        }

        assertThat(Jms.texts(session.createConsumer(queue), 20)).isEqualTo(sent);
    }

    private Message grouped(String group, int sequence) throws JMSException {
        Message message = session.createTextMessage(group + " " + sequence);
        message.setStringProperty("JMSXGroupID", group);
        message.setIntProperty("JMSXGroupSeq", sequence);
        return message;
    }
}
