package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class QueueTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    @Test
    void shouldKeepOrderForOneConsumer() throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.session();
        Jms.send(session, queue, Jms.numbered("m", 500));

        assertThat(Jms.texts(session.createConsumer(queue), 500)).containsExactly(Jms.numbered("m", 500));
    }

    @Test
    void shouldDeliverWhatIsSentWhileAConsumerWaits() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer consumer = jms.session().createConsumer(queue);
        jms.send(queue, "a", "b");

        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldDeliverToOneConsumerOnly() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer one = jms.session("jms.prefetchPolicy.all=1").createConsumer(queue);
        MessageConsumer two = jms.session("jms.prefetchPolicy.all=1").createConsumer(queue);
        jms.send(queue, "a", "b");

        assertThat(List.of(Jms.text(one), Jms.text(two))).containsExactlyInAnyOrder("a", "b");
        assertThat(one.receive(Jms.ABSENCE_MS)).isNull();
        assertThat(two.receiveNoWait()).isNull();
    }

    @Test
    void shouldTakeTurnsBetweenConsumers() throws JMSException {
        Queue queue = jms.queue();
        Connection connection = jms.connect();
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            consumers.add(
                    connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue));
        }
        jms.send(queue, Jms.numbered("m", 30));

        List<String> all = new ArrayList<>();
        for (MessageConsumer consumer : consumers) {
            List<String> share = Jms.texts(consumer, 10);
            assertThat(share).isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
            all.addAll(share);
        }

        assertThat(new TreeSet<>(all)).hasSize(30);
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(1));
    }

    @Test
    void shouldLeaveMessagesBeyondThePrefetchToOthers() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, "a", "b", "c");
        MessageConsumer slow = jms.session("jms.prefetchPolicy.all=1").createConsumer(queue);
        awaitPrefetched(slow, 1);
        MessageConsumer quick = jms.session().createConsumer(queue);

        assertThat(Jms.texts(quick, 2)).containsExactly("b", "c");
        assertThat(Jms.text(slow)).isEqualTo("a");
    }

    @Test
    void shouldNotExceedThePrefetch() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, Jms.numbered("m", 20));
        MessageConsumer slow = jms.session("jms.prefetchPolicy.all=5").createConsumer(queue);
        awaitPrefetched(slow, 5);
        MessageConsumer quick = jms.session().createConsumer(queue);

        List<String> others = Jms.texts(quick, 15);

        assertThat(others.get(0)).isEqualTo("m5");
        assertThat(quick.receive(Jms.ABSENCE_MS)).isNull();
        assertThat(((ActiveMQMessageConsumer) slow).getMessageSize()).isEqualTo(5);
    }

    @Test
    void shouldTakeThePrefetchFromTheDestinationsOptions() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, Jms.numbered("m", 4));
        Queue withOptions = new ActiveMQQueue(queue.getQueueName() + "?consumer.prefetchSize=2");
        awaitPrefetched(jms.session().createConsumer(withOptions), 2);

        assertThat(Jms.texts(jms.session().createConsumer(queue), 2)).containsExactly("m2", "m3");
    }

    @Test
    void shouldPreferTheConsumerOfHigherPriority() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer low = jms.session().createConsumer(queue);
        MessageConsumer high =
                jms.session().createConsumer(new ActiveMQQueue(queue.getQueueName() + "?consumer.priority=10"));
        jms.send(queue, Jms.numbered("m", 20));

        assertThat(Jms.texts(high, 20)).containsExactly(Jms.numbered("m", 20));
        assertThat(low.receiveNoWait()).isNull();
    }

    @Test
    void shouldFallBackToLowerPriorityWhenTheHigherOneIsFull() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer low = jms.session().createConsumer(queue);
        MessageConsumer high = jms.session()
                .createConsumer(
                        new ActiveMQQueue(queue.getQueueName() + "?consumer.priority=10&consumer.prefetchSize=3"));
        jms.send(queue, Jms.numbered("m", 5));

        assertThat(Jms.texts(low, 2)).containsExactly("m3", "m4");
        assertThat(Jms.texts(high, 3)).containsExactly("m0", "m1", "m2");
    }

    @Test
    void shouldGiveTheRestToOthersWhenAConsumerLeaves() throws JMSException {
        Queue queue = jms.queue();
        Session leaving = jms.session();
        jms.send(queue, Jms.numbered("m", 10));
        MessageConsumer first = leaving.createConsumer(queue);
        assertThat(Jms.texts(first, 4)).containsExactly(Jms.numbered("m", 4));
        first.close();

        assertThat(Jms.texts(jms.session().createConsumer(queue), 6))
                .containsExactly("m4", "m5", "m6", "m7", "m8", "m9");
    }

    @Test
    void shouldServeManyConsumersOfOneQueue() throws JMSException {
        Queue queue = jms.queue();
        Connection connection = jms.connect("jms.prefetchPolicy.all=1");
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            consumers.add(
                    connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue));
        }
        jms.send(queue, Jms.numbered("m", 100));

        TreeSet<String> all = new TreeSet<>();
        for (MessageConsumer consumer : consumers) {
            all.add(Jms.text(consumer));
        }
        assertThat(all).hasSize(100);
    }

    @Test
    void shouldKeepQueuesApart() throws JMSException {
        Session session = jms.session();
        Queue one = jms.queue();
        Queue two = jms.queue();
        Jms.send(session, one, "one");
        Jms.send(session, two, "two");

        assertThat(jms.browse(one)).containsExactly("one");
        assertThat(jms.browse(two)).containsExactly("two");
    }

    private static void awaitPrefetched(MessageConsumer consumer, int count) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == count);
    }
}
