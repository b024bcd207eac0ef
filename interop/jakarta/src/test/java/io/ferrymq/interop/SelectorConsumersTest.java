package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several consumers of one queue, each with its selector. */
final class SelectorConsumersTest {
    private static final String EVEN = "parity = 'even'";
    private static final String ODD = "parity = 'odd'";

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;

    @BeforeEach
    void name() {
        queue = jms.queue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void shouldServeDisjointSelectorsApart(int prefetch) throws JMSException {
        Session session = jms.session("jms.prefetchPolicy.all=" + prefetch);
        MessageConsumer even = session.createConsumer(queue, EVEN);
        MessageConsumer odd = session.createConsumer(queue, ODD);
        sendNumbers(0, 10);

        assertThat(Jms.texts(odd, 5)).containsExactly("1", "3", "5", "7", "9");
        assertThat(Jms.texts(even, 5)).containsExactly("0", "2", "4", "6", "8");
    }

    @Test
    void shouldLeaveWhatNobodySelects() throws JMSException {
        MessageConsumer even = jms.session().createConsumer(queue, EVEN);
        sendNumbers(0, 6);
        assertThat(Jms.texts(even, 3)).containsExactly("0", "2", "4");

        assertThat(Jms.texts(jms.session().createConsumer(queue), 3)).containsExactly("1", "3", "5");
    }

    @Test
    void shouldDeliverEachMessageOnceWhenSelectorsOverlap() throws JMSException {
        MessageConsumer small = jms.session().createConsumer(queue, "number < 14");
        MessageConsumer large = jms.session().createConsumer(queue, "number >= 6");
        sendNumbers(0, 20);

        List<String> all = drain(small);
        all.addAll(drain(large));

        assertThat(all).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void shouldGiveWhatAConsumerLeftToOthersThatSelectIt() throws JMSException {
        Session leaving = jms.session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer first = leaving.createConsumer(queue, EVEN);
        sendNumbers(0, 4);
        assertThat(Jms.text(first)).isEqualTo("0");
        first.close();
        MessageConsumer odd = jms.session().createConsumer(queue, ODD);
        MessageConsumer even = jms.session().createConsumer(queue, EVEN);

        Message again = Jms.receive(even);
        assertThat(Jms.text(again)).isEqualTo("0");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(Jms.text(even)).isEqualTo("2");
        assertThat(Jms.texts(odd, 2)).containsExactly("1", "3");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void shouldRedeliverToASelectingConsumerInOrder(int prefetch) throws JMSException {
        sendNumbers(0, 6);
        Session session = jms.transacted("jms.prefetchPolicy.all=" + prefetch, Jms.QUICK_REDELIVERY);
        MessageConsumer odd = session.createConsumer(queue, ODD);
        assertThat(Jms.texts(odd, 3)).containsExactly("1", "3", "5");
        session.rollback();

        assertThat(Jms.texts(odd, 3)).containsExactly("1", "3", "5");
        session.commit();
        odd.close();
        assertThat(jms.browse(queue)).containsExactly("0", "2", "4");
    }

    @Test
    void shouldConsumeAndSendInOneTransactionWithASelector() throws JMSException {
        Queue out = jms.queue();
        sendNumbers(0, 4);
        Session session = jms.transacted();
        MessageConsumer even = session.createConsumer(queue, EVEN);
        Jms.send(session, out, Jms.text(even) + "!", Jms.text(even) + "!");
        assertThat(jms.browse(out)).isEmpty();
        session.commit();

        assertThat(jms.browse(out)).containsExactly("0!", "2!");
        even.close();
        assertThat(jms.browse(queue)).containsExactly("1", "3");
    }

    @Test
    void shouldAcknowledgeScatteredMessagesAtOnce() throws JMSException {
        sendNumbers(0, 10);
        Session session = jms.session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer even = session.createConsumer(queue, EVEN);
        for (int i = 0; i < 4; i++) {
            Jms.receive(even);
        }
        Jms.receive(even).acknowledge();
        even.close();

        assertThat(Jms.browse(session, queue)).containsExactly("1", "3", "5", "7", "9");
    }

    @Test
    void shouldServeASelectorBesideAConsumerWithout() throws JMSException {
        MessageConsumer any = jms.session("jms.prefetchPolicy.all=1").createConsumer(queue);
        MessageConsumer odd = jms.session("jms.prefetchPolicy.all=1").createConsumer(queue, ODD);
        sendNumbers(0, 2);

        assertThat(Jms.text(any)).isEqualTo("0");
        assertThat(Jms.text(odd)).isEqualTo("1");
    }

    @Test
    void shouldFindWhatIsSentAfterTheConsumerCame() throws JMSException {
        sendNumbers(0, 1);
        MessageConsumer odd = jms.session().createConsumer(queue, ODD);
        assertThat(odd.receiveNoWait()).isNull();
        sendNumbers(1, 4);

        assertThat(Jms.texts(odd, 2)).containsExactly("1", "3");
    }

    /** Classic looks no further than its page of 200 messages, so that the consumer starves. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1000})
    void shouldFindWhatLiesDeep(int prefetch) throws JMSException {
        assumeTrue(BrokerUnderTest.ferry(), "the other broker does not look so far");
        Session session = jms.transacted();
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 5_000; i++) {
            producer.send(numbered(session, 2 * i));
        }
        producer.send(numbered(session, 1));
        session.commit();

        MessageConsumer odd = jms.session("jms.prefetchPolicy.all=" + prefetch).createConsumer(queue, ODD);
        assertThat(Jms.text(odd)).isEqualTo("1");
        sendNumbers(3, 4);
        assertThat(Jms.text(odd)).isEqualTo("3");
    }

    private void sendNumbers(int from, int to) throws JMSException {
        Session session = jms.session();
        MessageProducer producer = session.createProducer(queue);
        for (int i = from; i < to; i++) {
            producer.send(numbered(session, i));
        }
    }

    private static Message numbered(Session session, int number) throws JMSException {
        Message message = session.createTextMessage(Integer.toString(number));
        message.setIntProperty("number", number);
        message.setStringProperty("parity", number % 2 == 0 ? "even" : "odd");
        return message;
    }

    private static List<String> drain(MessageConsumer consumer) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Message message = Jms.receive(consumer); message != null; message = consumer.receive(Jms.ABSENCE_MS)) {
            texts.add(Jms.text(message));
        }
        return texts;
    }
}
