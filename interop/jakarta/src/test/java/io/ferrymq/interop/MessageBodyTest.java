package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Random;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource
final class MessageBodyTest {
    /** How the body travels. */
    enum Way {
        PERSISTENT,
        TRANSIENT,
        COMPRESSED
    }

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private final Way way;

    MessageBodyTest(Way way) {
        this.way = way;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "äöü € 漢字 \uD83D\uDE80 \u0000 end", "line\nline\r\n\ttab"})
    void shouldCarryText(String text) throws JMSException {
        assertThat(carriedText(text)).isEqualTo(text);
    }

    @Test
    void shouldCarryNoText() throws JMSException {
        assertThat(carriedText(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {32 * 1024, 70_000, 1024 * 1024 + 1, 5 * 1024 * 1024})
    void shouldCarryLargeText(int length) throws JMSException {
        String text = "0123456789abcdeü".repeat(length / 16 + 1);

        assertThat(carriedText(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 65_536, 3 * 1024 * 1024})
    void shouldCarryBytes(int length) throws JMSException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);

        BytesMessage got = (BytesMessage) carried(session -> {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(bytes);
            return message;
        });

        byte[] body = new byte[(int) got.getBodyLength()];
        got.readBytes(body);
        assertThat(body).isEqualTo(bytes);
    }

    @Test
    void shouldCarryEveryTypeInAMap() throws JMSException {
        MapMessage got = (MapMessage) carried(session -> {
            MapMessage message = session.createMapMessage();
            message.setBoolean("boolean", true);
            message.setByte("byte", Byte.MIN_VALUE);
            message.setShort("short", Short.MAX_VALUE);
            message.setChar("char", 'ü');
            message.setInt("int", Integer.MIN_VALUE);
            message.setLong("long", Long.MAX_VALUE);
            message.setFloat("float", 1.5f);
            message.setDouble("double", -2.25);
            message.setString("string", "text");
            message.setBytes("bytes", new byte[] {1, 2, 3});
            message.setObject("null", null);
            return message;
        });

        assertThat(Collections.list((Enumeration<?>) got.getMapNames())).hasSize(11);
        assertThat(got.getBoolean("boolean")).isTrue();
        assertThat(got.getByte("byte")).isEqualTo(Byte.MIN_VALUE);
        assertThat(got.getShort("short")).isEqualTo(Short.MAX_VALUE);
        assertThat(got.getChar("char")).isEqualTo('ü');
        assertThat(got.getInt("int")).isEqualTo(Integer.MIN_VALUE);
        assertThat(got.getLong("long")).isEqualTo(Long.MAX_VALUE);
        assertThat(got.getFloat("float")).isEqualTo(1.5f);
        assertThat(got.getDouble("double")).isEqualTo(-2.25);
        assertThat(got.getString("string")).isEqualTo("text");
        assertThat(got.getBytes("bytes")).containsExactly(1, 2, 3);
        assertThat(got.getObject("null")).isNull();
    }

    @Test
    void shouldCarryAnEmptyMap() throws JMSException {
        MapMessage got = (MapMessage) carried(Session::createMapMessage);

        assertThat(got.getMapNames().hasMoreElements()).isFalse();
    }

    @Test
    void shouldCarryAnObject() throws JMSException {
        ArrayList<String> object = new ArrayList<>(List.of("a", "b"));

        ObjectMessage got = (ObjectMessage) carried(session -> session.createObjectMessage(object));

        assertThat(got.getObject()).isEqualTo(object);
    }

    @Test
    void shouldCarryEveryTypeInAStream() throws JMSException {
        StreamMessage got = (StreamMessage) carried(session -> {
            StreamMessage message = session.createStreamMessage();
            message.writeBoolean(true);
            message.writeByte((byte) 7);
            message.writeShort((short) -7);
            message.writeChar('x');
            message.writeInt(42);
            message.writeLong(1L << 40);
            message.writeFloat(0.5f);
            message.writeDouble(0.25);
            message.writeString("text");
            message.writeObject(null);
            message.writeBytes(new byte[] {9, 8});
            return message;
        });

        assertThat(got.readBoolean()).isTrue();
        assertThat(got.readByte()).isEqualTo((byte) 7);
        assertThat(got.readShort()).isEqualTo((short) -7);
        assertThat(got.readChar()).isEqualTo('x');
        assertThat(got.readInt()).isEqualTo(42);
        assertThat(got.readLong()).isEqualTo(1L << 40);
        assertThat(got.readFloat()).isEqualTo(0.5f);
        assertThat(got.readDouble()).isEqualTo(0.25);
        assertThat(got.readString()).isEqualTo("text");
        assertThat(got.readObject()).isNull();
        byte[] bytes = new byte[4];
        assertThat(got.readBytes(bytes)).isEqualTo(2);
        assertThat(bytes).startsWith(9, 8);
    }

    @Test
    void shouldCarryAMessageWithoutBody() throws JMSException {
        Message got = carried(session -> {
            Message message = session.createMessage();
            message.setStringProperty("only", "property");
            return message;
        });

        assertThat(got).isExactlyInstanceOf(ActiveMQMessage.class);
        assertThat(got.getStringProperty("only")).isEqualTo("property");
    }

    private String carriedText(String text) throws JMSException {
        return ((TextMessage) carried(session -> session.createTextMessage(text))).getText();
    }

    /** Makes a message in a session. */
    private interface Writer {
        Message write(Session session) throws JMSException;
    }

    private Message carried(Writer writer) throws JMSException {
        ActiveMQConnectionFactory factory = jms.factory("jms.useCompression=" + (way == Way.COMPRESSED));
        factory.setTrustAllPackages(true);
        Session session = jms.connect(factory).createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = jms.queue();
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryMode(way == Way.TRANSIENT ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT);
        producer.send(writer.write(session));
        return Jms.receive(session.createConsumer(queue));
    }
}
