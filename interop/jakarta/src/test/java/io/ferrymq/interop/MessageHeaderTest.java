package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MessageHeaderTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Queue queue;
    private MessageProducer producer;
    private MessageConsumer consumer;
    private Message sent;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = jms.queue();
        producer = session.createProducer(queue);
        consumer = session.createConsumer(queue);
        sent = session.createTextMessage("text");
    }

    @Test
    void shouldCarryEveryPropertyType() throws JMSException {
        sent.setBooleanProperty("aBoolean", true);
        sent.setByteProperty("aByte", (byte) -1);
        sent.setShortProperty("aShort", Short.MIN_VALUE);
        sent.setIntProperty("anInt", Integer.MAX_VALUE);
        sent.setLongProperty("aLong", Long.MIN_VALUE);
        sent.setFloatProperty("aFloat", 3.5f);
        sent.setDoubleProperty("aDouble", Double.MAX_VALUE);
        sent.setStringProperty("aString", "ü€漢");
        sent.setStringProperty("empty", "");
        sent.setObjectProperty("nothing", null);

        Message got = sendAndReceive();

        assertThat(got.getBooleanProperty("aBoolean")).isTrue();
        assertThat(got.getByteProperty("aByte")).isEqualTo((byte) -1);
        assertThat(got.getShortProperty("aShort")).isEqualTo(Short.MIN_VALUE);
        assertThat(got.getIntProperty("anInt")).isEqualTo(Integer.MAX_VALUE);
        assertThat(got.getLongProperty("aLong")).isEqualTo(Long.MIN_VALUE);
        assertThat(got.getFloatProperty("aFloat")).isEqualTo(3.5f);
        assertThat(got.getDoubleProperty("aDouble")).isEqualTo(Double.MAX_VALUE);
        assertThat(got.getStringProperty("aString")).isEqualTo("ü€漢");
        assertThat(got.getStringProperty("empty")).isEmpty();
        assertThat(got.propertyExists("nothing")).isTrue();
        assertThat(got.getObjectProperty("nothing")).isNull();
        assertThat(got.propertyExists("absent")).isFalse();
        assertThat(Collections.list((Enumeration<?>) got.getPropertyNames()))
                .map(Object::toString)
                .contains("aBoolean", "aByte", "aShort", "anInt", "aLong", "aFloat", "aDouble", "aString", "empty");
    }

    @Test
    void shouldCarryNestedProperties() throws JMSException {
        sent.setObjectProperty("list", List.of("a", 1));
        sent.setObjectProperty("map", Map.of("key", List.of(2L)));

        Message got = sendAndReceive();

        // the client leaves nested strings in a type of its own
        assertThat(got.getObjectProperty("list")).hasToString("[a, 1]");
        assertThat(got.getObjectProperty("map")).hasToString("{key=[2]}");
    }

    @Test
    void shouldCarryALargeProperty() throws JMSException {
        String large = "x".repeat(200_000);
        sent.setStringProperty("large", large);

        assertThat(sendAndReceive().getStringProperty("large")).isEqualTo(large);
    }

    @Test
    void shouldCarryWhatTheSenderSet() throws JMSException {
        Destination replyTo = jms.topic();
        sent.setJMSCorrelationID("correlation");
        sent.setJMSType("type");
        sent.setJMSReplyTo(replyTo);
        producer.setPriority(7);

        Message got = sendAndReceive();

        assertThat(got.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(got.getJMSType()).isEqualTo("type");
        assertThat(got.getJMSReplyTo()).isEqualTo(replyTo);
        assertThat(got.getJMSPriority()).isEqualTo(7);
        assertThat(got.getJMSDestination()).isEqualTo(queue);
    }

    @Test
    void shouldLeaveUnsetWhatTheSenderDidNotSet() throws JMSException {
        Message got = sendAndReceive();

        assertThat(got.getJMSCorrelationID()).isNull();
        assertThat(got.getJMSType()).isNull();
        assertThat(got.getJMSReplyTo()).isNull();
        assertThat(got.getJMSExpiration()).isZero();
        assertThat(got.getJMSPriority()).isEqualTo(Message.DEFAULT_PRIORITY);
        assertThat(got.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(got.getJMSRedelivered()).isFalse();
        assertThat(Jms.deliveryCount(got)).isEqualTo(1);
    }

    @Test
    void shouldCarryEveryPriority() throws JMSException {
        for (int priority = 0; priority <= 9; priority++) {
            producer.setPriority(priority);
            assertThat(sendAndReceive().getJMSPriority()).isEqualTo(priority);
        }
    }

    @Test
    void shouldCarryTheDeliveryMode() throws JMSException {
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);

        assertThat(sendAndReceive().getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
    }

    @Test
    void shouldCarryTimestampExpirationAndMessageId() throws JMSException {
        producer.setTimeToLive(60_000);
        long before = System.currentTimeMillis();

        Message got = sendAndReceive();

        assertThat(got.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp()).isCloseTo(before, within(10_000L));
        assertThat(got.getJMSExpiration()).isEqualTo(got.getJMSTimestamp() + 60_000);
        assertThat(got.getJMSMessageID()).startsWith("ID:").isEqualTo(sent.getJMSMessageID());
    }

    @Test
    void shouldCarryGroupsThrough() throws JMSException {
        sent.setStringProperty("JMSXGroupID", "group");
        sent.setIntProperty("JMSXGroupSeq", 3);

        Message got = sendAndReceive();

        assertThat(got.getStringProperty("JMSXGroupID")).isEqualTo("group");
        assertThat(got.getIntProperty("JMSXGroupSeq")).isEqualTo(3);
    }

    @Test
    void shouldKeepHeadersOverARedelivery() throws JMSException {
        Session transacted = jms.transacted(Jms.QUICK_REDELIVERY);
        sent.setJMSCorrelationID("correlation");
        sent.setIntProperty("number", 5);
        Queue other = jms.queue();
        session.createProducer(other).send(sent);
        MessageConsumer receiver = transacted.createConsumer(other);
        Jms.receive(receiver);
        transacted.rollback();

        Message again = Jms.receive(receiver);

        assertThat(again.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(again.getIntProperty("number")).isEqualTo(5);
        assertThat(again.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
        assertThat(again.getJMSRedelivered()).isTrue();
        transacted.commit();
    }

    @Test
    void shouldStampWhenItTookAndGaveTheMessage() throws JMSException {
        ActiveMQMessage got = (ActiveMQMessage) sendAndReceive();

        assertThat(got.getBrokerInTime()).isCloseTo(System.currentTimeMillis(), within(10_000L));
        assertThat(got.getBrokerOutTime()).isGreaterThanOrEqualTo(got.getBrokerInTime());
    }

    @Test
    void shouldForwardAReceivedMessageAsItIs() throws JMSException {
        sent.setStringProperty("kept", "value");
        Message got = sendAndReceive();
        Queue next = jms.queue();
        session.createProducer(next).send(got);

        Message forwarded = Jms.receive(session.createConsumer(next));

        assertThat(Jms.text(forwarded)).isEqualTo("text");
        assertThat(forwarded.getStringProperty("kept")).isEqualTo("value");
        assertThat(forwarded.getJMSDestination()).isEqualTo(next);
        assertThat(forwarded.getJMSRedelivered()).isFalse();
    }

    private Message sendAndReceive() throws JMSException {
        producer.send(sent);
        return Jms.receive(consumer);
    }
}
