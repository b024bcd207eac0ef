package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.ActiveMQMessageProducer;
import org.apache.activemq.AsyncCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SendTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jms.useAsyncSend=false",
                "jms.useAsyncSend=true",
                "jms.alwaysSyncSend=true",
                "jms.sendTimeout=10000",
                "jms.copyMessageOnSend=false",
                "jms.dispatchAsync=false"
            })
    void shouldTakeMessagesInOrderHoweverTheyAreSent(String option) throws JMSException {
        Session session = jms.session(option);
        for (int deliveryMode : new int[] {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT}) {
            Queue queue = jms.queue();
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryMode(deliveryMode);
            for (int i = 0; i < 100; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            assertThat(Jms.texts(session.createConsumer(queue), 100)).containsExactly(Jms.numbered("m", 100));
        }
    }

    /** JMS asks no order between the two, and ActiveMQ Classic keeps none. */
    @Test
    void shouldTakePersistentAndTransientMessagesOfOneProducer() throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.session();
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 100; i++) {
            producer.setDeliveryMode(i % 3 == 0 ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT);
            producer.send(session.createTextMessage("m" + i));
        }

        List<String> texts = Jms.texts(session.createConsumer(queue), 100);

        assertThat(texts).containsExactlyInAnyOrder(Jms.numbered("m", 100));
        assertThat(texts.stream().filter(text -> Integer.parseInt(text.substring(1)) % 3 != 0))
                .isSortedAccordingTo(Comparator.comparingInt(text -> Integer.parseInt(text.substring(1))));
    }

    @ParameterizedTest
    @ValueSource(ints = {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT})
    void shouldOpenTheProducerWindowAgain(int deliveryMode) throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.session("jms.useAsyncSend=true", "jms.producerWindowSize=16384");
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryMode(deliveryMode);
        String padding = "x".repeat(2_000);
        for (int i = 0; i < 200; i++) {
            producer.send(session.createTextMessage(i + padding));
        }

        List<String> texts = Jms.texts(session.createConsumer(queue), 200);

        for (int i = 0; i < 200; i++) {
            assertThat(texts.get(i)).isEqualTo(i + padding);
        }
    }

    @Test
    void shouldOpenTheProducerWindowOfATopic() throws JMSException {
        Session session = jms.session("jms.useAsyncSend=true", "jms.producerWindowSize=4096");
        var topic = jms.topic();
        var consumer = session.createConsumer(topic);
        Jms.send(session, topic, Jms.numbered("x".repeat(1_000), 50));

        assertThat(Jms.texts(consumer, 50)).hasSize(50);
    }

    @Test
    void shouldOpenTheProducerWindowForATransaction() throws JMSException {
        Session session = jms.transacted("jms.useAsyncSend=true", "jms.producerWindowSize=4096");
        Queue queue = jms.queue();
        Jms.send(session, queue, Jms.numbered("x".repeat(1_000), 50));
        session.commit();

        assertThat(jms.browse(queue)).hasSize(50);
    }

    @Test
    void shouldAnswerACallback() throws Exception {
        Queue queue = jms.queue();
        Session session = jms.session();
        ActiveMQMessageProducer producer = (ActiveMQMessageProducer) session.createProducer(queue);
        CountDownLatch answers = new CountDownLatch(20);
        AtomicReference<JMSException> failure = new AtomicReference<>();
        for (int i = 0; i < 20; i++) {
            producer.send(session.createTextMessage("m" + i), callback(answers, failure));
        }

        assertThat(answers.await(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(failure.get()).isNull();
        assertThat(Jms.texts(session.createConsumer(queue), 20)).containsExactly(Jms.numbered("m", 20));
    }

    private static AsyncCallback callback(CountDownLatch answers, AtomicReference<JMSException> failure) {
        return new AsyncCallback() {
            @Override
            public void onSuccess() {
                answers.countDown();
            }

            @Override
            public void onException(JMSException exception) {
                failure.set(exception);
                answers.countDown();
            }
        };
    }

    @Test
    void shouldHaveThePersistentMessageWhenSendReturns() throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.session();
        for (int i = 1; i <= 5; i++) {
            Jms.send(session, queue, "m" + i);
            assertThat(jms.browse(queue)).hasSize(i);
        }
    }

    @Test
    void shouldTakeMessagesOfAProducerWithoutDestination() throws JMSException {
        Session session = jms.session();
        Queue one = jms.queue();
        Queue two = jms.queue();
        MessageProducer anonymous = session.createProducer(null);
        anonymous.send(one, session.createTextMessage("one"));
        anonymous.send(two, session.createTextMessage("two"));

        assertThat(Jms.text(session.createConsumer(one))).isEqualTo("one");
        assertThat(Jms.text(session.createConsumer(two))).isEqualTo("two");
    }

    @Test
    void shouldTakeTheSameMessageTwice() throws JMSException {
        Session session = jms.session();
        Queue queue = jms.queue();
        MessageProducer producer = session.createProducer(queue);
        Message message = session.createTextMessage("again");
        producer.send(message);
        String firstId = message.getJMSMessageID();
        producer.send(message);

        assertThat(message.getJMSMessageID()).isNotEqualTo(firstId);
        assertThat(Jms.texts(session.createConsumer(queue), 2)).containsExactly("again", "again");
    }

    @Test
    void shouldTakeMessagesOfManyProducersOfOneSession() throws JMSException {
        Session session = jms.session();
        Queue queue = jms.queue();
        for (int i = 0; i < 50; i++) {
            Jms.send(session, queue, "m" + i);
        }

        assertThat(Jms.texts(session.createConsumer(queue), 50)).containsExactly(Jms.numbered("m", 50));
    }
}
