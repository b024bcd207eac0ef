package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that the broker delivers later, and again. */
final class ScheduledMessageTest {
    private static final long DELAY_MS = 400;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Queue queue;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = jms.queue();
    }

    @ParameterizedTest
    @ValueSource(ints = {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT})
    void shouldDeliverAfterTheDelay(int mode) throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        long sent = System.nanoTime();
        session.createProducer(queue).send(delayed(session, "later", DELAY_MS), mode, 4, 0);
        Jms.send(session, queue, "now");

        assertThat(Jms.texts(consumer, 2)).containsExactly("now", "later");
        assertThat(System.nanoTime() - sent).isGreaterThanOrEqualTo(DELAY_MS * 1_000_000);
    }

    @Test
    void shouldNotShowADelayedMessageInItsQueue() throws JMSException {
        session.createProducer(queue).send(delayed(session, "much later", 600_000));
        Jms.send(session, queue, "now");

        assertThat(jms.browse(queue)).containsExactly("now");
    }

    @Test
    void shouldDeliverInTheOrderOfTheirTimes() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        session.createProducer(queue).send(delayed(session, "third", 2_200));
        session.createProducer(queue).send(delayed(session, "second", 1_200));
        session.createProducer(queue).send(delayed(session, "first", 200));

        assertThat(Jms.texts(consumer, 3)).containsExactly("first", "second", "third");
    }

    @Test
    void shouldNameTheJobInTheDeliveredMessage() throws JMSException {
        Message message = delayed(session, "later", DELAY_MS);
        message.setStringProperty("kept", "value");
        message.setJMSCorrelationID("correlation");
        session.createProducer(queue).send(message);

        Message got = Jms.receive(session.createConsumer(queue));

        assertThat(got.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID)).isNotBlank();
        assertThat(got.getStringProperty("kept")).isEqualTo("value");
        assertThat(got.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(got.getJMSDestination()).isEqualTo(queue);
        assertThat(got.getJMSRedelivered()).isFalse();
    }

    @Test
    void shouldTakeTheScheduleOffTheDeliveredMessage() throws JMSException {
        Message message = delayed(session, "later", DELAY_MS);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_PERIOD, 100);
        message.setIntProperty(ScheduledMessage.AMQ_SCHEDULED_REPEAT, 1);
        session.createProducer(queue).send(message);

        Message got = Jms.receive(session.createConsumer(queue));

        assertThat(got.propertyExists(ScheduledMessage.AMQ_SCHEDULED_DELAY)).isFalse();
        assertThat(got.propertyExists(ScheduledMessage.AMQ_SCHEDULED_PERIOD)).isFalse();
        assertThat(got.propertyExists(ScheduledMessage.AMQ_SCHEDULED_REPEAT)).isFalse();
    }

    @Test
    void shouldRepeatAsOftenAsAsked() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        Message message = delayed(session, "again", 100);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_PERIOD, 100);
        message.setIntProperty(ScheduledMessage.AMQ_SCHEDULED_REPEAT, 3);
        session.createProducer(queue).send(message);
        session.createProducer(queue).send(delayed(session, "end", 2_000));

        assertThat(Jms.texts(consumer, 5)).containsExactly("again", "again", "again", "again", "end");
    }

    @Test
    void shouldGiveEveryRepetitionAMessageIdOfItsOwn() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        Message message = delayed(session, "again", 100);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_PERIOD, 100);
        message.setIntProperty(ScheduledMessage.AMQ_SCHEDULED_REPEAT, 1);
        session.createProducer(queue).send(message);

        Message first = Jms.receive(consumer);
        Message second = Jms.receive(consumer);

        assertThat(second.getJMSMessageID()).isNotEqualTo(first.getJMSMessageID());
        assertThat(second.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID))
                .isEqualTo(first.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID));
    }

    @Test
    void shouldScheduleOnCommitOnly() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        Session transacted = jms.transacted();
        transacted.createProducer(queue).send(delayed(transacted, "rolled back", 50));
        transacted.rollback();
        transacted.createProducer(queue).send(delayed(transacted, "committed", DELAY_MS));
        transacted.commit();

        assertThat(Jms.text(consumer)).isEqualTo("committed");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void shouldDeliverLaterToSubscribersOfATopic() throws JMSException {
        Topic topic = jms.topic();
        MessageConsumer subscriber = session.createConsumer(topic);
        session.createProducer(topic).send(delayed(session, "later", DELAY_MS));
        Jms.send(session, topic, "now");

        assertThat(Jms.texts(subscriber, 2)).containsExactly("now", "later");
    }

    @Test
    void shouldDeliverLaterToEveryMemberOfACompositeName() throws JMSException {
        Queue other = jms.queue();
        MessageConsumer one = session.createConsumer(queue);
        MessageConsumer two = session.createConsumer(other);
        ActiveMQQueue both = new ActiveMQQueue(queue.getQueueName() + "," + other.getQueueName());
        session.createProducer(both).send(delayed(session, "later", DELAY_MS));

        ActiveMQMessage got = (ActiveMQMessage) Jms.receive(one);
        assertThat(Jms.text(got)).isEqualTo("later");
        assertThat(got.getJMSDestination()).isEqualTo(queue);
        assertThat(Jms.text(two)).isEqualTo("later");
    }

    /** The shortest schedule of this form is a minute: that the time comes is left to unit tests. */
    @Test
    void shouldNotDeliverAtOnceWhatACronEntryDelays() throws JMSException {
        Message message = session.createTextMessage("at midnight of new year");
        message.setStringProperty(ScheduledMessage.AMQ_SCHEDULED_CRON, "0 0 1 1 *");
        session.createProducer(queue).send(message);
        Jms.send(session, queue, "now");

        assertThat(jms.browse(queue)).containsExactly("now");
    }

    @Test
    void shouldDeliverAtOnceWhatIsDelayedByNothing() throws JMSException {
        session.createProducer(queue).send(delayed(session, "zero", 0));

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("zero");
    }

    @Test
    void shouldTakeTheDelayFromAnyTypeOfNumber() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        Message integer = session.createTextMessage("int");
        integer.setIntProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, 2_000);
        session.createProducer(queue).send(integer);
        Message string = session.createTextMessage("string");
        string.setStringProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, "200");
        session.createProducer(queue).send(string);

        assertThat(Jms.texts(consumer, 2)).containsExactly("string", "int");
    }

    private static Message delayed(Session session, String text, long delayMs) throws JMSException {
        Message message = session.createTextMessage(text);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, delayMs);
        return message;
    }
}
