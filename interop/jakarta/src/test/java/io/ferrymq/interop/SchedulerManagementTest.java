package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.ScheduledMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The messages by which clients look at what is scheduled, and cancel it. Jobs of other scenarios are not looked at. */
final class SchedulerManagementTest {
    private static final long LONG_MS = 600_000;

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
    void shouldShowWhatIsScheduled() throws JMSException {
        schedule("one", LONG_MS);
        schedule("two", 2 * LONG_MS);

        List<Message> jobs = browse(0, 0);

        assertThat(texts(jobs)).containsExactly("one", "two");
        for (Message job : jobs) {
            assertThat(job.getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID)).isNotBlank();
        }
        assertThat(jobs.get(0).getLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY))
                .isEqualTo(LONG_MS);
    }

    @Test
    void shouldShowWhatIsDueInAnInterval() throws JMSException {
        long now = System.currentTimeMillis();
        schedule("soon", LONG_MS);
        schedule("later", 3 * LONG_MS);

        assertThat(texts(browse(now, now + 2 * LONG_MS))).containsExactly("soon");
        assertThat(texts(browse(now + 2 * LONG_MS, now + 4 * LONG_MS))).containsExactly("later");
    }

    @Test
    void shouldNotConsumeWhatItShows() throws JMSException {
        schedule("one", LONG_MS);

        assertThat(texts(browse(0, 0))).containsExactly("one");
        assertThat(texts(browse(0, 0))).containsExactly("one");
    }

    @Test
    void shouldRemoveOneJob() throws JMSException {
        schedule("one", LONG_MS);
        schedule("two", 2 * LONG_MS);
        Message remove = action(ScheduledMessage.AMQ_SCHEDULER_ACTION_REMOVE);
        remove.setStringProperty(
                ScheduledMessage.AMQ_SCHEDULED_ID,
                browse(0, 0).get(0).getStringProperty(ScheduledMessage.AMQ_SCHEDULED_ID));
        manage(remove);

        assertThat(texts(browse(0, 0))).containsExactly("two");
    }

    @Test
    void shouldRemoveAllJobs() throws JMSException {
        schedule("never", 2_000);
        schedule("never either", LONG_MS);
        manage(action(ScheduledMessage.AMQ_SCHEDULER_ACTION_REMOVEALL));
        schedule("after", 2_500);

        assertThat(texts(browse(0, 0))).containsExactly("after");
        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("after");
    }

    @Test
    void shouldRemoveWhatIsDueInAnInterval() throws JMSException {
        long now = System.currentTimeMillis();
        schedule("soon", LONG_MS);
        schedule("later", 3 * LONG_MS);
        Message remove = action(ScheduledMessage.AMQ_SCHEDULER_ACTION_REMOVEALL);
        remove.setStringProperty(ScheduledMessage.AMQ_SCHEDULER_ACTION_START_TIME, Long.toString(now));
        remove.setStringProperty(ScheduledMessage.AMQ_SCHEDULER_ACTION_END_TIME, Long.toString(now + 2 * LONG_MS));
        manage(remove);

        assertThat(texts(browse(0, 0))).containsExactly("later");
    }

    @Test
    void shouldForgetAJobThatIsDone() throws JMSException {
        schedule("soon", 200);
        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("soon");

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThat(browse(0, 0)).isEmpty());
    }

    private void schedule(String text, long delayMs) throws JMSException {
        Message message = session.createTextMessage(text);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, delayMs);
        message.setJMSCorrelationID(queue.getQueueName());
        session.createProducer(queue).send(message);
    }

    private Message action(String action) throws JMSException {
        Message message = session.createMessage();
        message.setStringProperty(ScheduledMessage.AMQ_SCHEDULER_ACTION, action);
        return message;
    }

    private void manage(Message request) throws JMSException {
        session.createProducer(session.createTopic(ScheduledMessage.AMQ_SCHEDULER_MANAGEMENT_DESTINATION))
                .send(request);
    }

    /** What is due between two times, or all; a message sent after the request tells where the answers end. */
    private List<Message> browse(long from, long to) throws JMSException {
        TemporaryQueue answers = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(answers);
        Message request = action(ScheduledMessage.AMQ_SCHEDULER_ACTION_BROWSE);
        request.setJMSReplyTo(answers);
        if (to > 0) {
            request.setStringProperty(ScheduledMessage.AMQ_SCHEDULER_ACTION_START_TIME, Long.toString(from));
            request.setStringProperty(ScheduledMessage.AMQ_SCHEDULER_ACTION_END_TIME, Long.toString(to));
        }
        manage(request);
        Jms.send(session, answers, "end of answers");
        List<Message> jobs = new ArrayList<>();
        for (Message job = Jms.receive(consumer);
                !Jms.text(job).equals("end of answers");
                job = Jms.receive(consumer)) {
            if (queue.getQueueName().equals(job.getJMSCorrelationID())) {
                jobs.add(job);
            }
        }
        return jobs;
    }

    private static List<String> texts(List<Message> messages) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Message message : messages) {
            texts.add(Jms.text(message));
        }
        return texts;
    }
}
