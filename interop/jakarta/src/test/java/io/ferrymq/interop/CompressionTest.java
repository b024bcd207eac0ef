package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that the client compressed, and large ones: the broker passes them on as they are. */
final class CompressionTest {
    private static final String LONG_TEXT = "compressible ".repeat(10_000);

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Session compressing;
    private Queue queue;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        compressing = jms.session("jms.useCompression=true");
        queue = jms.queue();
    }

    @Test
    void shouldKeepABodyCompressed() throws JMSException {
        Jms.send(compressing, queue, LONG_TEXT);

        ActiveMQMessage got = (ActiveMQMessage) Jms.receive(session.createConsumer(queue));

        assertThat(got.isCompressed()).isTrue();
        assertThat(got.getContent().getLength()).isLessThan(LONG_TEXT.length() / 10);
        assertThat(Jms.text(got)).isEqualTo(LONG_TEXT);
    }

    @Test
    void shouldMixCompressedAndPlainMessages() throws JMSException {
        Jms.send(compressing, queue, "one");
        Jms.send(session, queue, "two");
        Jms.send(compressing, queue, "three");

        assertThat(Jms.texts(session.createConsumer(queue), 3)).containsExactly("one", "two", "three");
    }

    @Test
    void shouldSelectAmongCompressedMessages() throws JMSException {
        for (String colour : new String[] {"red", "blue"}) {
            Message message = compressing.createTextMessage(colour + LONG_TEXT);
            message.setStringProperty("colour", colour);
            compressing.createProducer(queue).send(message);
        }

        assertThat(Jms.text(session.createConsumer(queue, "colour = 'blue'"))).isEqualTo("blue" + LONG_TEXT);
    }

    @Test
    void shouldRedeliverACompressedMessage() throws JMSException {
        Jms.send(compressing, queue, LONG_TEXT);
        Session transacted = jms.transacted(Jms.QUICK_REDELIVERY);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo(LONG_TEXT);
        transacted.rollback();

        assertThat(Jms.text(consumer)).isEqualTo(LONG_TEXT);
        transacted.commit();
    }

    @Test
    void shouldForwardACompressedMessage() throws JMSException {
        Queue next = jms.queue();
        Jms.send(compressing, queue, LONG_TEXT);
        session.createProducer(next).send(Jms.receive(session.createConsumer(queue)));

        assertThat(jms.browse(next)).containsExactly(LONG_TEXT);
    }

    @Test
    void shouldDeliverCompressedMessagesToSubscribers() throws JMSException {
        Topic topic = jms.topic();
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        Jms.send(compressing, topic, LONG_TEXT);

        assertThat(Jms.text(one)).isEqualTo(LONG_TEXT);
        assertThat(Jms.text(two)).isEqualTo(LONG_TEXT);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 9})
    void shouldCarryManyMegabytes(int megabytes) throws JMSException {
        byte[] body = new byte[megabytes * 1024 * 1024];
        for (int i = 0; i < body.length; i += 1024) {
            body[i] = (byte) (i / 1024);
        }
        BytesMessage large = session.createBytesMessage();
        large.writeBytes(body);
        session.createProducer(queue).send(large);

        BytesMessage got = (BytesMessage) Jms.receive(session.createConsumer(queue));

        assertThat(got.getBodyLength()).isEqualTo(body.length);
        byte[] read = new byte[body.length];
        assertThat(got.readBytes(read)).isEqualTo(body.length);
        assertThat(read).isEqualTo(body);
    }
}
