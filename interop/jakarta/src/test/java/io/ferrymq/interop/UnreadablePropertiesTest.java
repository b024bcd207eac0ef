package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.util.List;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages whose properties are not what a client would have marshalled, before selectors that ask for some. */
final class UnreadablePropertiesTest {
    private static final int COUNT_BYTES = 4;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Queue queue;

    @BeforeEach
    void open() throws JMSException {
        assumeTrue(BrokerUnderTest.ferry(), "with schedulerSupport ActiveMQ does not take them");
        session = jms.session();
        queue = jms.queue();
    }

    @Test
    void shouldTakeThemOutOfTheWayOfAConsumerThatSelects() throws IOException, JMSException {
        MessageConsumer consumer = session.createConsumer(queue, "fruit = 'apple'");

        sendMixed(queue);

        assertThat(Jms.texts(consumer, 2)).containsExactly("good 1", "good 2");
        assertDead();
    }

    @Test
    void shouldTakeThemOutWhenAConsumerLooksForItsMessages() throws IOException, JMSException {
        sendMixed(queue);

        MessageConsumer consumer = session.createConsumer(queue, "fruit = 'apple'");

        assertThat(Jms.texts(consumer, 2)).containsExactly("good 1", "good 2");
        assertDead();
    }

    @Test
    void shouldNotTakeThemForMessagesWithoutAProperty() throws IOException, JMSException {
        MessageConsumer consumer = session.createConsumer(queue, "colour IS NULL");

        sendMixed(queue);

        assertThat(Jms.texts(consumer, 2)).containsExactly("good 1", "good 2");
        assertDead();
    }

    @Test
    void shouldGiveThemToWhoDoesNotSelect() throws IOException, JMSException {
        sendMixed(queue);

        assertThat(Jms.texts(session.createConsumer(queue), 4)).containsExactly("bad 1", "good 1", "bad 2", "good 2");
    }

    @Test
    void shouldLeaveThemWhereABrowserSelects() throws IOException, JMSException {
        sendMixed(queue);

        assertThat(Jms.browse(session, queue, "fruit = 'apple'")).containsExactly("good 1", "good 2");
        assertThat(Jms.texts(session.createConsumer(queue), 4)).hasSize(4);
    }

    @Test
    void shouldKeepThemFromASubscriberThatSelectsOnly() throws IOException, JMSException {
        Destination topic = jms.topic();
        MessageConsumer selecting = session.createConsumer(topic, "fruit = 'apple'");
        MessageConsumer all = session.createConsumer(topic);

        sendMixed(topic);

        assertThat(Jms.texts(selecting, 2)).containsExactly("good 1", "good 2");
        assertThat(Jms.texts(all, 4)).hasSize(4);
    }

    private void sendMixed(Destination to) throws IOException, JMSException {
        for (int i = 1; i <= 2; i++) {
            session.createProducer(to).send(bad("bad " + i));
            TextMessage good = session.createTextMessage("good " + i);
            good.setStringProperty("fruit", "apple");
            session.createProducer(to).send(good);
        }
    }

    /** Its properties promise a million entries. */
    private ActiveMQTextMessage bad(String text) throws IOException, JMSException {
        ActiveMQTextMessage message = (ActiveMQTextMessage) session.createTextMessage(text);
        message.setStringProperty("fruit", "apple");
        message.beforeMarshall(null);
        byte[] bytes = message.getMarshalledProperties().getData();
        System.arraycopy(
                new byte[] {0, 0x10, 0, 0},
                0,
                bytes,
                message.getMarshalledProperties().getOffset(),
                COUNT_BYTES);
        return message;
    }

    private void assertDead() throws JMSException {
        DeadLetters dead = new DeadLetters(jms.session());
        assertThat(List.of(Jms.text(dead.next(queue)), Jms.text(dead.next(queue))))
                .containsExactly("bad 1", "bad 2");
        assertThat(Jms.browse(session, queue)).isEmpty();
    }
}
