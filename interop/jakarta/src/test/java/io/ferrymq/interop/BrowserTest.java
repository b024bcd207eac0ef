package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.Enumeration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BrowserTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;

    @BeforeEach
    void name() {
        queue = jms.queue();
    }

    @Test
    void shouldShowMessagesInOrder() throws JMSException {
        jms.send(queue, Jms.numbered("m", 100));

        assertThat(jms.browse(queue)).containsExactly(Jms.numbered("m", 100));
    }

    @Test
    void shouldEndAtOnceOnAnEmptyQueue() throws JMSException {
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldNotConsume() throws JMSException {
        jms.send(queue, "a", "b");
        jms.browse(queue);

        assertThat(jms.browse(queue)).containsExactly("a", "b");
        MessageConsumer consumer = jms.session().createConsumer(queue);
        Message first = Jms.receive(consumer);
        assertThat(Jms.text(first)).isEqualTo("a");
        assertThat(first.getJMSRedelivered()).isFalse();
        assertThat(Jms.text(consumer)).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void shouldShowMoreThanThePrefetch(int prefetch) throws JMSException {
        jms.send(queue, Jms.numbered("m", 60));
        QueueBrowser browser = jms.session("jms.prefetchPolicy.queueBrowserPrefetch=" + prefetch)
                .createBrowser(queue);

        Enumeration<?> messages = browser.getEnumeration();

        for (int i = 0; i < 60; i++) {
            assertThat(messages.hasMoreElements()).isTrue();
            assertThat(Jms.text((Message) messages.nextElement())).isEqualTo("m" + i);
        }
        assertThat(messages.hasMoreElements()).isFalse();
    }

    @Test
    void shouldShowWhatAConsumerHasNotAcknowledged() throws JMSException {
        jms.send(queue, "a", "b", "c");
        MessageConsumer consumer = jms.session(Session.CLIENT_ACKNOWLEDGE, "jms.prefetchPolicy.all=1")
                .createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo("a");

        assertThat(jms.browse(queue)).containsExactly("a", "b", "c");
    }

    @Test
    void shouldNotShowWhatIsConsumed() throws JMSException {
        jms.send(queue, "a", "b", "c");
        Session session = jms.session(Session.CLIENT_ACKNOWLEDGE, "jms.sendAcksAsync=false");
        Jms.receive(session.createConsumer(queue)).acknowledge();

        assertThat(jms.browse(queue)).containsExactly("b", "c");
    }

    @Test
    void shouldNotHinderConsumers() throws JMSException {
        jms.send(queue, "a", "b");
        Session session = jms.session();
        QueueBrowser browser = session.createBrowser(queue);
        Enumeration<?> messages = browser.getEnumeration();
        assertThat(Jms.text((Message) messages.nextElement())).isEqualTo("a");

        MessageConsumer consumer = jms.session().createConsumer(queue);

        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        browser.close();
        jms.send(queue, "c");
        assertThat(Jms.text(consumer)).isEqualTo("c");
    }

    @Test
    void shouldBrowseAgainWithTheSameBrowser() throws JMSException {
        jms.send(queue, "a");
        QueueBrowser browser = jms.session().createBrowser(queue);
        for (int i = 0; i < 3; i++) {
            Enumeration<?> messages = browser.getEnumeration();
            assertThat(messages.hasMoreElements()).isTrue();
            assertThat(Jms.text((Message) messages.nextElement())).isEqualTo("a");
            assertThat(messages.hasMoreElements()).isFalse();
        }
    }

    @Test
    void shouldNotShowUncommittedMessages() throws JMSException {
        Session transacted = jms.transacted();
        Jms.send(transacted, queue, "a");
        assertThat(jms.browse(queue)).isEmpty();
        transacted.commit();

        assertThat(jms.browse(queue)).containsExactly("a");
    }
}
