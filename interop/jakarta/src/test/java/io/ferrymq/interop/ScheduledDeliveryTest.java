package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.Map;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages with AMQ_SCHEDULED_* properties. ActiveMQ Classic needs schedulerSupport=true for them, and counts in half seconds. */
final class ScheduledDeliveryTest {
    private static final long DELAY_MS = 700;
    private static final long LATER_MS = 3_600_000;

    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Queue queue;
    private Session session;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        session = jms.session();
    }

    @Test
    void shouldDeliverLater() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        long sentMs = System.currentTimeMillis();
        Message sent = send(Map.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, DELAY_MS, "mine", "kept"), "later");
        jms.send(queue, "now");

        assertThat(Jms.text(consumer)).isEqualTo("now");
        Message later = Jms.receive(consumer);

        assertThat(System.currentTimeMillis() - sentMs).isGreaterThanOrEqualTo(DELAY_MS);
        assertThat(Jms.text(later)).isEqualTo("later");
        assertThat(later.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
        assertThat(later.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(later.getStringProperty("mine")).isEqualTo("kept");
        assertThat(later.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID)).startsWith("ID:");
        assertThat(later.propertyExists(ScheduledMessage.AMQ_SCHEDULED_DELAY)).isFalse();
    }

    @Test
    void shouldRepeat() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        Message sent = send(
                Map.of(
                        ScheduledMessage.AMQ_SCHEDULED_DELAY, 100L,
                        ScheduledMessage.AMQ_SCHEDULED_PERIOD, 100L,
                        ScheduledMessage.AMQ_SCHEDULED_REPEAT, 2),
                "again");

        Message first = Jms.receive(consumer);
        Message second = Jms.receive(consumer);
        Message third = Jms.receive(consumer);

        assertThat(first.getJMSMessageID())
                .isNotEqualTo(second.getJMSMessageID())
                .isNotEqualTo(sent.getJMSMessageID());
        assertThat(third.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID))
                .isEqualTo(first.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID));
        assertThat(third.propertyExists(ScheduledMessage.AMQ_SCHEDULED_REPEAT)).isFalse();
        assertThat(consumer.receive(Jms.ABSENCE_MS * 4)).isNull();
    }

    @Test
    void shouldScheduleWithTheCommitOnly() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        Session transacted = jms.transacted();
        send(transacted, Map.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, 1L), "rolled back");
        transacted.rollback();
        send(transacted, Map.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, 1L), "committed");
        assertThat(consumer.receive(Jms.ABSENCE_MS)).isNull();

        transacted.commit();

        assertThat(Jms.text(consumer)).isEqualTo("committed");
        assertThat(consumer.receive(Jms.ABSENCE_MS)).isNull();
    }

    @Test
    void shouldDeliverAfterARestartWhatWasSentBefore() throws JMSException {
        send(Map.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, DELAY_MS), "overdue");
        jms.broker().stop();
        jms.broker().start();

        assertThat(Jms.text(jms.session().createConsumer(queue))).isEqualTo("overdue");
    }

    @Test
    void shouldRefuseToRepeatTooOften() {
        Map<String, Object> tooOften =
                Map.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, 1L, ScheduledMessage.AMQ_SCHEDULED_REPEAT, 1_001);

        assertThatThrownBy(() -> send(tooOften, "never"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("The scheduled repeat value is too large");
    }

    @Test
    void shouldBrowseAndRemove() throws JMSException {
        Queue answers = session.createTemporaryQueue();
        MessageConsumer browser = session.createConsumer(answers);
        MessageConsumer consumer = session.createConsumer(queue);
        send(Map.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, LATER_MS), "first");
        send(Map.of(ScheduledMessage.AMQ_SCHEDULED_CRON, "0 0 1 1 *"), "second");
        send(Map.of(ScheduledMessage.AMQ_SCHEDULED_DELAY, LATER_MS), "third");

        manage(answers, Map.of(ScheduledMessage.AMQ_SCHEDULER_ACTION, ScheduledMessage.AMQ_SCHEDULER_ACTION_BROWSE));

        Message one = Jms.receive(browser);
        Message two = Jms.receive(browser);
        Message three = Jms.receive(browser);
        Message cron = one.propertyExists(ScheduledMessage.AMQ_SCHEDULED_CRON) ? one : three;
        assertThat(cron.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_CRON)).isEqualTo("0 0 1 1 *");
        assertThat(two.getLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY)).isEqualTo(LATER_MS);
        assertThat(Jms.text(cron)).isEqualTo("second");
        assertThat(ActiveMQDestination.transform(two.getJMSDestination()).isTemporary())
                .isTrue();

        manage(
                answers,
                Map.of(
                        ScheduledMessage.AMQ_SCHEDULER_ACTION,
                        ScheduledMessage.AMQ_SCHEDULER_ACTION_REMOVE,
                        ScheduledMessage.AMQ_SCHEDULED_ID,
                        cron.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID)));
        awaitScheduled(answers, browser, 2);
        manage(answers, Map.of(ScheduledMessage.AMQ_SCHEDULER_ACTION, ScheduledMessage.AMQ_SCHEDULER_ACTION_REMOVEALL));
        awaitScheduled(answers, browser, 0);
        assertThat(consumer.receiveNoWait()).isNull();
    }

    private void awaitScheduled(Queue answers, MessageConsumer browser, int count) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> {
            manage(
                    answers,
                    Map.of(ScheduledMessage.AMQ_SCHEDULER_ACTION, ScheduledMessage.AMQ_SCHEDULER_ACTION_BROWSE));
            int found = 0;
            while (browser.receive(Jms.ABSENCE_MS) != null) {
                found++;
            }
            return found == count;
        });
    }

    private void manage(Queue answers, Map<String, Object> properties) throws JMSException {
        Message request = session.createMessage();
        request.setJMSReplyTo(answers);
        set(request, properties);
        MessageProducer producer =
                session.createProducer(new ActiveMQTopic(ScheduledMessage.AMQ_SCHEDULER_MANAGEMENT_DESTINATION));
        producer.send(request);
        producer.close();
    }

    private Message send(Map<String, Object> properties, String text) throws JMSException {
        return send(session, properties, text);
    }

    private Message send(Session with, Map<String, Object> properties, String text) throws JMSException {
        Message message = with.createTextMessage(text);
        set(message, properties);
        MessageProducer producer = with.createProducer(queue);
        producer.send(message);
        producer.close();
        return message;
    }

    private static void set(Message message, Map<String, Object> properties) throws JMSException {
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
    }
}
