package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RestartTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    @Test
    void shouldKeepPersistentMessagesInOrder() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, Jms.numbered("m", 200));
        restart();

        assertThat(jms.browse(queue)).containsExactly(Jms.numbered("m", 200));
        jms.send(queue, "after");
        MessageConsumer consumer = jms.session().createConsumer(queue);
        assertThat(Jms.texts(consumer, 200)).containsExactly(Jms.numbered("m", 200));
        assertThat(Jms.text(consumer)).isEqualTo("after");
    }

    @Test
    void shouldForgetTransientMessages() throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.session();
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("transient"));
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        producer.send(session.createTextMessage("persistent"));
        restart();

        assertThat(jms.browse(queue)).containsExactly("persistent");
    }

    @Test
    void shouldNotBringBackWhatWasAcknowledged() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, "a", "b", "c");
        ActiveMQConnection connection = jms.connect();
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        connection.close();
        restart();

        assertThat(jms.browse(queue)).containsExactly("c");
        restart();
        assertThat(jms.browse(queue)).containsExactly("c");
    }

    @Test
    void shouldRememberThatAMessageWasDelivered() throws JMSException {
        Queue queue = new ActiveMQQueue("remember." + jms.name());
        jms.send(queue, "delivered");
        MessageConsumer consumer = jms.session(Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo("delivered");
        restart();

        Message again = Jms.receive(jms.session().createConsumer(queue));

        assertThat(Jms.text(again)).isEqualTo("delivered");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(Jms.deliveryCount(again)).isGreaterThan(1);
    }

    @Test
    void shouldNotHandAMessageInWorkFromOneConsumerToTheNextWhileItStops() throws Exception {
        Queue queue = new ActiveMQQueue("remember." + jms.name());
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicInteger called = new AtomicInteger();
        for (int i = 0; i < 12; i++) {
            jms.session().createConsumer(queue).setMessageListener(message -> {
                called.incrementAndGet();
                working.countDown();
                awaitQuietly(stopped);
            });
        }
        jms.send(queue, "in work");
        assertThat(working.await(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        restart();
        stopped.countDown();

        assertThat(called).hasValue(1);
        Message again = Jms.receive(jms.session().createConsumer(queue));
        assertThat(Jms.deliveryCount(again)).isLessThanOrEqualTo(2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldNotFlagWhatWasNeverDelivered() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, "waiting");
        restart();

        assertThat(Jms.receive(jms.session().createConsumer(queue)).getJMSRedelivered())
                .isFalse();
    }

    @Test
    void shouldKeepCommittedTransactionsAndForgetOpenOnes() throws JMSException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        jms.send(in, "a", "b");
        Session session = jms.transacted();
        MessageConsumer consumer = session.createConsumer(in);
        Jms.receive(consumer);
        Jms.send(session, out, "committed");
        session.commit();
        Jms.receive(consumer);
        Jms.send(session, out, "open");
        restart();

        assertThat(jms.browse(out)).containsExactly("committed");
        assertThat(jms.browse(in)).containsExactly("b");
    }

    @Test
    void shouldKeepContentOverARestart() throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.session();
        Message message = session.createTextMessage("x".repeat(1_500_000));
        message.setJMSCorrelationID("correlation");
        message.setIntProperty("number", 42);
        session.createProducer(queue).send(message);
        restart();

        Message got = Jms.receive(jms.session().createConsumer(queue));

        assertThat(Jms.text(got)).hasSize(1_500_000);
        assertThat(got.getIntProperty("number")).isEqualTo(42);
        assertThat(got.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(got.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        assertThat(got.getJMSTimestamp()).isEqualTo(message.getJMSTimestamp());
    }

    @Test
    void shouldKeepDeadLettersOverARestart() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, "poison");
        Session session = jms.transacted(Jms.QUICK_REDELIVERY, "jms.redeliveryPolicy.maximumRedeliveries=0");
        Jms.receive(session.createConsumer(queue));
        session.rollback();
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).isEmpty());
        restart();

        assertThat(Jms.text(new DeadLetters(jms.session()).next(queue))).isEqualTo("poison");
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldTellClientsThatItStopped() throws Exception {
        ActiveMQConnection connection = jms.connect();
        CountDownLatch told = new CountDownLatch(1);
        connection.setExceptionListener(failure -> told.countDown());
        jms.broker().stop();

        assertThat(told.await(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        jms.broker().start();
    }

    private void restart() {
        jms.broker().stop();
        jms.broker().start();
    }
}
