package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.Arrays;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes late and asks for it gets some of the past. How much, the policy of the topic says; see ClassicBroker. */
final class RetroactiveTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    @Test
    void shouldDeliverNothingOfThePastByDefault() throws JMSException {
        Topic topic = jms.topic();
        jms.send(topic, "past");
        MessageConsumer late = late(topic);
        jms.send(topic, "now");

        assertThat(Jms.text(late)).isEqualTo("now");
    }

    @Test
    void shouldDeliverTheLastTen() throws JMSException {
        Topic topic = topic("fixedcount");
        jms.send(topic, Jms.numbered("m", 25));
        MessageConsumer late = late(topic);
        jms.send(topic, "m25");

        assertThat(Jms.texts(late, 11)).containsExactly(Arrays.copyOfRange(Jms.numbered("m", 26), 15, 26));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixedcount", "fixedsized", "timed"})
    void shouldDeliverAllOfAShortPastInOrder(String policy) throws JMSException {
        Topic topic = topic(policy);
        jms.send(topic, Jms.numbered("m", 8));
        MessageConsumer late = late(topic);
        jms.send(topic, "m8");

        assertThat(Jms.texts(late, 9)).containsExactly(Jms.numbered("m", 9));
    }

    @Test
    void shouldDeliverTheLastOne() throws JMSException {
        Topic topic = topic("lastimage");
        jms.send(topic, "a", "b", "c");
        MessageConsumer late = late(topic);
        jms.send(topic, "d");

        assertThat(Jms.texts(late, 2)).containsExactly("c", "d");
    }

    @Test
    void shouldDeliverWhatFitsIntoTheSize() throws JMSException {
        Topic topic = topic("fixedsized");
        String kilobytes = "x".repeat(10 * 1024);
        for (int i = 0; i < 20; i++) {
            jms.send(topic, i + "-" + kilobytes);
        }
        MessageConsumer late = late(topic);
        jms.send(topic, "end");

        String first = Jms.text(late);
        int from = Integer.parseInt(first.substring(0, first.indexOf('-')));
        assertThat(from).isBetween(10, 18);
        for (int i = from + 1; i < 20; i++) {
            assertThat(Jms.text(late)).startsWith(i + "-");
        }
        assertThat(Jms.text(late)).isEqualTo("end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixedcount", "fixedsized", "timed", "lastimage"})
    void shouldDeliverNothingOfThePastToWhoDoesNotAsk(String policy) throws JMSException {
        Topic topic = topic(policy);
        jms.send(topic, "past");
        MessageConsumer late = jms.session().createConsumer(topic);
        jms.send(topic, "now");

        assertThat(Jms.text(late)).isEqualTo("now");
    }

    @Test
    void shouldSelectFromThePast() throws JMSException {
        Topic topic = topic("fixedcount");
        Session session = jms.session();
        for (int i = 0; i < 8; i++) {
            Message message = session.createTextMessage("m" + i);
            message.setBooleanProperty("even", i % 2 == 0);
            session.createProducer(topic).send(message);
        }
        MessageConsumer late = jms.session().createConsumer(retroactive(topic), "even = TRUE");

        assertThat(Jms.texts(late, 4)).containsExactly("m0", "m2", "m4", "m6");
    }

    @Test
    void shouldDeliverThePastToEveryOneWhoAsks() throws JMSException {
        Topic topic = topic("fixedcount");
        jms.send(topic, "a", "b");

        assertThat(Jms.texts(late(topic), 2)).containsExactly("a", "b");
        assertThat(Jms.texts(late(topic), 2)).containsExactly("a", "b");
    }

    @Test
    void shouldDeliverThePastOfEveryTopicOfAWildcard() throws JMSException {
        String parent = jms.name();
        Topic one = new ActiveMQTopic("lastimage." + parent + ".one");
        Topic two = new ActiveMQTopic("lastimage." + parent + ".two");
        jms.send(one, "old", "one");
        jms.send(two, "old", "two");
        MessageConsumer late = late(new ActiveMQTopic("lastimage." + parent + ".*"));

        assertThat(Jms.texts(late, 2)).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void shouldNotDeliverWhatExpired() throws JMSException {
        Topic topic = topic("fixedcount");
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        producer.setTimeToLive(50);
        Message mortal = session.createTextMessage("mortal");
        producer.send(mortal);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> System.currentTimeMillis() > mortal.getJMSExpiration());
        jms.send(topic, "immortal");

        assertThat(Jms.text(late(topic))).isEqualTo("immortal");
    }

    @Test
    void shouldDeliverThePastToANewDurableSubscription() throws JMSException {
        Topic topic = topic("fixedcount");
        jms.send(topic, "a", "b");
        Subscriptions client = new Subscriptions(jms);
        assertThat(client.take(retroactive(topic), "name", 2)).containsExactly("a", "b");
        jms.send(topic, "c");

        assertThat(client.take(retroactive(topic), "name", 1)).containsExactly("c");
    }

    private Topic topic(String policy) {
        return new ActiveMQTopic(policy + "." + jms.name());
    }

    private MessageConsumer late(Topic topic) throws JMSException {
        return jms.session().createConsumer(retroactive(topic));
    }

    private static Topic retroactive(Topic topic) throws JMSException {
        return new ActiveMQTopic(topic.getTopicName() + "?consumer.retroactive=true");
    }
}
