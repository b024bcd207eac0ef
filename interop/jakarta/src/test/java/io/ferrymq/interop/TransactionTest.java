package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.ActiveMQConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TransactionTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private ActiveMQConnection connection;
    private Session session;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        connection = jms.connect(Jms.QUICK_REDELIVERY);
        session = connection.createSession(true, Session.SESSION_TRANSACTED);
    }

    @Test
    void shouldShowSendsOnlyAfterCommit() throws JMSException {
        Jms.send(session, queue, "a", "b");
        assertThat(jms.browse(queue)).isEmpty();
        session.commit();

        assertThat(jms.browse(queue)).containsExactly("a", "b");
    }

    @Test
    void shouldForgetSendsOnRollback() throws JMSException {
        Jms.send(session, queue, "rolled back");
        session.rollback();
        Jms.send(session, queue, "committed");
        session.commit();

        assertThat(jms.browse(queue)).containsExactly("committed");
    }

    @Test
    void shouldCommitAnEmptyTransaction() throws JMSException {
        session.commit();
        session.rollback();
        Jms.send(session, queue, "a");
        session.commit();

        assertThat(jms.browse(queue)).containsExactly("a");
    }

    @Test
    void shouldConsumeOnCommit() throws JMSException {
        jms.send(queue, "a", "b", "c");
        assertThat(Jms.texts(session.createConsumer(queue), 2)).containsExactly("a", "b");
        session.commit();
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("c");
    }

    @Test
    void shouldCommitSendsAndReceivesOfSeveralDestinationsTogether() throws JMSException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        Topic topic = jms.topic();
        MessageConsumer subscriber = jms.session().createConsumer(topic);
        jms.send(in, "request");
        assertThat(Jms.text(session.createConsumer(in))).isEqualTo("request");
        Jms.send(session, out, "reply");
        Jms.send(session, queue, "audit");
        Jms.send(session, topic, "news");
        assertThat(jms.browse(out)).isEmpty();
        assertThat(jms.browse(queue)).isEmpty();
        assertThat(jms.browse(in)).containsExactly("request");
        assertThat(subscriber.receiveNoWait()).isNull();
        session.commit();

        assertThat(jms.browse(in)).isEmpty();
        assertThat(jms.browse(out)).containsExactly("reply");
        assertThat(jms.browse(queue)).containsExactly("audit");
        assertThat(Jms.text(subscriber)).isEqualTo("news");
    }

    @Test
    void shouldRollBackSendsAndReceivesOfSeveralDestinationsTogether() throws JMSException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        Topic topic = jms.topic();
        MessageConsumer subscriber = jms.session().createConsumer(topic);
        jms.send(in, "request");
        MessageConsumer consumer = session.createConsumer(in);
        assertThat(Jms.text(consumer)).isEqualTo("request");
        Jms.send(session, out, "reply");
        Jms.send(session, topic, "news");
        session.rollback();
        jms.send(topic, "after");

        assertThat(jms.browse(out)).isEmpty();
        assertThat(Jms.text(subscriber)).isEqualTo("after");
        assertThat(Jms.text(consumer)).isEqualTo("request");
    }

    @Test
    void shouldRollBackWhenTheSocketBreaks() throws JMSException {
        Queue in = jms.queue();
        jms.send(in, "request");
        Jms.send(session, queue, "uncommitted");
        assertThat(Jms.text(session.createConsumer(in))).isEqualTo("request");
        Wire.cut(connection);

        assertThat(Jms.text(jms.session().createConsumer(in))).isEqualTo("request");
        jms.send(queue, "after");
        assertThat(jms.browse(queue)).containsExactly("after");
    }

    @Test
    void shouldRollBackWhenTheConnectionCloses() throws JMSException {
        Queue in = jms.queue();
        jms.send(in, "request");
        Jms.send(session, queue, "uncommitted");
        assertThat(Jms.text(session.createConsumer(in))).isEqualTo("request");
        connection.close();

        assertThat(jms.browse(in)).containsExactly("request");
        assertThat(jms.browse(queue)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    void shouldReceiveMoreThanThePrefetchInOneTransaction(int prefetch) throws JMSException {
        jms.send(queue, Jms.numbered("m", 60));
        ActiveMQConnection narrow = jms.connect(Jms.QUICK_REDELIVERY, "jms.prefetchPolicy.all=" + prefetch);
        Session transacted = narrow.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Jms.texts(consumer, 50)).containsExactly(Jms.numbered("m", 50));
        transacted.rollback();
        assertThat(Jms.texts(consumer, 50)).containsExactly(Jms.numbered("m", 50));
        transacted.commit();
        assertThat(Jms.texts(consumer, 10)).hasSize(10);
        transacted.commit();
        narrow.close();

        assertThat(jms.browse(queue)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jms.transactedIndividualAck=true", "jms.messagePrioritySupported=true"})
    void shouldAcknowledgeOneByOneInATransaction(String option) throws JMSException {
        jms.send(queue, Jms.numbered("m", 10));
        ActiveMQConnection individual = jms.connect(option, Jms.QUICK_REDELIVERY, "jms.prefetchPolicy.all=4");
        Session transacted = individual.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Jms.texts(consumer, 6)).containsExactly(Jms.numbered("m", 6));
        transacted.rollback();
        assertThat(Jms.texts(consumer, 6)).containsExactly(Jms.numbered("m", 6));
        transacted.commit();
        individual.close();

        assertThat(jms.browse(queue)).containsExactly("m6", "m7", "m8", "m9");
    }

    @Test
    void shouldSendManyMessagesInOneTransaction() throws JMSException {
        Jms.send(session, queue, Jms.numbered("m", 2_000));
        session.commit();

        assertThat(Jms.texts(jms.session().createConsumer(queue), 2_000)).containsExactly(Jms.numbered("m", 2_000));
    }

    @Test
    void shouldRunManyTransactionsOneAfterAnother() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 100; i++) {
            Jms.send(session, queue, "m" + i);
            session.commit();
            assertThat(Jms.text(consumer)).isEqualTo("m" + i);
            session.commit();
        }
        connection.close();

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldKeepTransactionsOfSessionsApart() throws JMSException {
        Session second = connection.createSession(true, Session.SESSION_TRANSACTED);
        Jms.send(session, queue, "first");
        Jms.send(second, queue, "second");
        second.commit();
        session.rollback();

        assertThat(jms.browse(queue)).containsExactly("second");
    }

    @Test
    void shouldKeepAcknowledgingInOrderWhenSeveralConsumersShareATransaction() throws JMSException {
        Queue other = jms.queue();
        jms.send(queue, "a", "b");
        jms.send(other, "c", "d");
        MessageConsumer one = session.createConsumer(queue);
        MessageConsumer two = session.createConsumer(other);
        Jms.text(one);
        Jms.text(two);
        Jms.text(one);
        session.commit();
        connection.close();

        assertThat(jms.browse(queue)).isEmpty();
        assertThat(jms.browse(other)).containsExactly("d");
    }
}
