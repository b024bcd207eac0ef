package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the selectors of consumers and browsers choose. */
final class SelectorTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Queue queue;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = jms.queue();
    }

    /** Of the messages {@link #fruit()} sends, in order: apple, pear, plum, nothing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fruit = 'apple' | apple",
                "fruit <> 'apple' | pear plum",
                "weight > 100 | apple pear",
                "weight >= 100.5 | apple pear",
                "weight < 100 | plum",
                "weight <= 150 AND weight > 50 | pear",
                "weight BETWEEN 100 AND 180 | apple pear",
                "weight NOT BETWEEN 100 AND 180 | plum",
                "fruit IN ('pear', 'plum') | pear plum",
                "fruit NOT IN ('pear', 'plum') | apple",
                "fruit LIKE 'p%' | pear plum",
                "fruit LIKE 'p_um' | plum",
                "fruit NOT LIKE 'p%' | apple",
                "code LIKE 'a\\_%' ESCAPE '\\' | apple",
                "fruit IS NULL | nothing",
                "fruit IS NOT NULL | apple pear plum",
                "ripe | apple plum",
                "ripe = TRUE | apple plum",
                "NOT ripe | pear",
                "ripe = false OR weight < 100 | pear plum",
                "weight + 30 = 210 | apple",
                "weight - 30 = 120 | pear",
                "weight * 2 > 300 | apple",
                "weight / 2 = 75 | pear",
                "-weight < -170 | apple",
                "(weight > 100 AND ripe) OR fruit = 'plum' | apple plum",
                "price = 1.5 | apple",
                "price < 1 | plum",
                "name = 'it''s' | plum",
                "1 = 1 | apple pear plum nothing",
                "weight = '180' | ''",
                "missing = 1 | ''"
            })
    void shouldChooseWhatMatches(String selector, String expected) throws JMSException {
        fruit();
        Jms.send(session, queue, "end");

        List<String> wanted =
                expected.isEmpty() ? List.of() : List.of(expected.trim().split(" "));
        List<String> browsed = Jms.browse(session, queue, selector);
        browsed.remove("end");
        assertThat(browsed).isEqualTo(wanted);
        MessageConsumer consumer = session.createConsumer(queue, selector);
        assertThat(Jms.texts(consumer, wanted.size())).isEqualTo(wanted);
        consumer.close();
        assertThat(Jms.browse(session, queue)).hasSize(5 - wanted.size()).noneMatch(wanted::contains);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "colour = ",
                "= 'blue'",
                "colour LIKE",
                "colour IN ()",
                "(colour = 'blue'",
                "colour = 'blue",
                "colour BETWEEN 1",
                "colour = 'blue' AND",
                "colour LIKE 5",
                "1 +"
            })
    void shouldRefuseWhatIsNoSelector(String selector) throws JMSException {
        assertThatThrownBy(() -> session.createConsumer(queue, selector)).isInstanceOf(InvalidSelectorException.class);
        Topic topic = jms.topic();
        assertThatThrownBy(() -> session.createConsumer(topic, selector)).isInstanceOf(InvalidSelectorException.class);

        Jms.send(session, queue, "still works");
        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("still works");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void shouldTakeAnEmptySelectorForNone(String selector) throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue, selector);
        Jms.send(session, queue, "a");

        assertThat(Jms.text(consumer)).isEqualTo("a");
    }

    @Test
    void shouldGiveATopicSubscriberOnlyWhatItSelects() throws JMSException {
        Topic topic = jms.topic();
        MessageConsumer heavy = session.createConsumer(topic, "weight > 100");
        MessageConsumer all = session.createConsumer(topic);
        MessageProducer producer = session.createProducer(topic);
        for (int weight = 80; weight <= 120; weight += 10) {
            Message message = session.createTextMessage("w" + weight);
            message.setIntProperty("weight", weight);
            producer.send(message);
        }

        assertThat(Jms.texts(heavy, 2)).containsExactly("w110", "w120");
        assertThat(Jms.texts(all, 5)).containsExactly("w80", "w90", "w100", "w110", "w120");
    }

    @Test
    void shouldSelectOnAWildcardConsumer() throws JMSException {
        String base = jms.name();
        MessageConsumer ripe = session.createConsumer(session.createQueue(base + ".>"), "ripe");
        for (String orchard : List.of("north", "south")) {
            queue = session.createQueue(base + "." + orchard);
            fruit();
        }

        assertThat(Jms.texts(ripe, 4)).containsExactlyInAnyOrder("apple", "plum", "apple", "plum");
    }

    @Test
    void shouldTellTheSelectorOfAConsumer() throws JMSException {
        assertThat(session.createConsumer(queue, "weight > 100").getMessageSelector())
                .isEqualTo("weight > 100");
        assertThat(session.createBrowser(queue, "weight > 100").getMessageSelector())
                .isEqualTo("weight > 100");
    }

    private void fruit() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        Message apple = session.createTextMessage("apple");
        apple.setStringProperty("fruit", "apple");
        apple.setIntProperty("weight", 180);
        apple.setBooleanProperty("ripe", true);
        apple.setDoubleProperty("price", 1.5);
        apple.setStringProperty("code", "a_1");
        producer.send(apple);
        Message pear = session.createTextMessage("pear");
        pear.setStringProperty("fruit", "pear");
        pear.setLongProperty("weight", 150);
        pear.setBooleanProperty("ripe", false);
        pear.setStringProperty("code", "ab1");
        producer.send(pear);
        Message plum = session.createTextMessage("plum");
        plum.setStringProperty("fruit", "plum");
        plum.setShortProperty("weight", (short) 40);
        plum.setBooleanProperty("ripe", true);
        plum.setFloatProperty("price", 0.25f);
        plum.setStringProperty("name", "it's");
        producer.send(plum);
        producer.send(session.createTextMessage("nothing"));
    }
}
