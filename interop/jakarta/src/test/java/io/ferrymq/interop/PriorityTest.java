package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order by priority. Classic orders only where a policy says so, FerryMQ everywhere, hence the names. */
final class PriorityTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Queue queue;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = new ActiveMQQueue("prioritized." + jms.name());
    }

    @ParameterizedTest
    @ValueSource(ints = {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT})
    void shouldDeliverHigherPriorityFirst(int mode) throws JMSException {
        for (int priority : new int[] {0, 9, 4, 7, 2, 5}) {
            send(session, "p" + priority, mode, priority);
        }

        assertThat(Jms.texts(session.createConsumer(queue), 6)).containsExactly("p9", "p7", "p5", "p4", "p2", "p0");
    }

    @Test
    void shouldKeepTheOrderOfSendingWithinAPriority() throws JMSException {
        for (int i = 0; i < 9; i++) {
            send(session, "m" + i, DeliveryMode.PERSISTENT, i % 3 * 4);
        }

        assertThat(Jms.texts(session.createConsumer(queue), 9))
                .containsExactly("m2", "m5", "m8", "m1", "m4", "m7", "m0", "m3", "m6");
    }

    @Test
    void shouldCarryThePriorityOfEveryMessage() throws JMSException {
        for (int priority = 0; priority <= 9; priority++) {
            send(session, "p" + priority, DeliveryMode.PERSISTENT, priority);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int priority = 9; priority >= 0; priority--) {
            assertThat(Jms.receive(consumer).getJMSPriority()).isEqualTo(priority);
        }
    }

    @Test
    void shouldLetAnUrgentMessageOvertakeWhatWaitsInTheBroker() throws JMSException {
        MessageConsumer pulling = jms.session("jms.prefetchPolicy.all=0").createConsumer(queue);
        send(session, "a", DeliveryMode.PERSISTENT, 4);
        send(session, "b", DeliveryMode.PERSISTENT, 4);
        assertThat(Jms.text(pulling)).isEqualTo("a");
        send(session, "urgent", DeliveryMode.PERSISTENT, 9);

        assertThat(Jms.texts(pulling, 2)).containsExactly("urgent", "b");
    }

    @Test
    void shouldOrderByPriorityWhatACommitSends() throws JMSException {
        Session transacted = jms.transacted();
        send(transacted, "low", DeliveryMode.PERSISTENT, 1);
        send(transacted, "high", DeliveryMode.PERSISTENT, 8);
        send(transacted, "middle", DeliveryMode.PERSISTENT, 4);
        transacted.commit();

        assertThat(Jms.texts(session.createConsumer(queue), 3)).containsExactly("high", "middle", "low");
    }

    @Test
    void shouldBrowseByPriority() throws JMSException {
        send(session, "low", DeliveryMode.PERSISTENT, 1);
        send(session, "high", DeliveryMode.PERSISTENT, 8);

        assertThat(jms.browse(queue)).containsExactly("high", "low");
    }

    @Test
    void shouldRedeliverByPriorityToTheNextConsumer() throws JMSException {
        send(session, "low", DeliveryMode.PERSISTENT, 1);
        send(session, "high", DeliveryMode.PERSISTENT, 8);
        MessageConsumer first = jms.session(Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.texts(first, 2)).containsExactly("high", "low");
        first.close();

        MessageConsumer second = session.createConsumer(queue);
        Message again = Jms.receive(second);
        assertThat(Jms.text(again)).isEqualTo("high");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(Jms.text(second)).isEqualTo("low");
    }

    private void send(Session sending, String text, int mode, int priority) throws JMSException {
        MessageProducer producer = sending.createProducer(queue);
        producer.send(sending.createTextMessage(text), mode, priority, 0);
        producer.close();
    }
}
