package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQBlobMessage;
import io.ferrymq.openwire.command.ActiveMQBytesMessage;
import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTempQueue;
import io.ferrymq.openwire.command.ActiveMQTextMessage;
import io.ferrymq.openwire.command.BrokerId;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.LocalTransactionId;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessageId;
import io.ferrymq.openwire.command.ProducerId;
import io.ferrymq.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MessageAdapterTest {
    private final Clock clock = new Clock() {
        @Override
        public long epochMs() {
            return 4711;
        }

        @Override
        public long nanoTime() {
            return 0;
        }
    };
    private final Names names = new Names();
    private final MessageAdapter adapter = new MessageAdapter(clock, names);

    private static <M extends Message> M filled(M message) {
        message.producerId = new ProducerId("ID:p", 2, 3);
        message.messageId = new MessageId(message.producerId, 9);
        message.messageId.textView = "mqtt-1";
        message.destination = new ActiveMQQueue("q");
        message.originalDestination = new ActiveMQQueue("q,r");
        message.replyTo = new ActiveMQTempQueue("ID:p:1");
        message.correlationId = "c";
        message.type = "t";
        message.groupID = "g";
        message.groupSequence = -1;
        message.userID = "u";
        message.persistent = true;
        message.priority = 9;
        message.timestamp = 5;
        message.expiration = 6;
        message.compressed = true;
        return message;
    }

    private io.ferrymq.message.Message core(Message wire) {
        return adapter.toCore(
                wire,
                Names.message(wire.messageId).orElseThrow(),
                names.destination(wire.destination).orElseThrow());
    }

    private MessageDispatch dispatch(io.ferrymq.message.Message core) {
        return adapter.toDispatch(new Delivery(new io.ferrymq.flow.ConsumerId("ID:c", 4, 5), core, 77, 2));
    }

    @Test
    void shouldBringEveryFieldToTheConsumer() {
        ActiveMQTextMessage in = filled(new ActiveMQTextMessage());
        in.content = new byte[] {1, 2, 3};
        in.marshalledProperties = new byte[] {0, 0, 0, 0};

        MessageDispatch dispatch = dispatch(core(in));

        Message out = Objects.requireNonNull(dispatch.message);
        assertThat(out).isExactlyInstanceOf(ActiveMQTextMessage.class);
        assertThat(out)
                .usingRecursiveComparison()
                .ignoringFields("brokerInTime", "brokerOutTime", "redeliveryCounter", "messageId.brokerSequenceId")
                .isEqualTo(in);
        assertThat(out.content).isSameAs(in.content);
        assertThat(out.marshalledProperties).isSameAs(in.marshalledProperties);
        assertThat(out.brokerInTime).isEqualTo(4711);
        assertThat(out.brokerOutTime).isEqualTo(4711);
        assertThat(out.redeliveryCounter).isEqualTo(2);
        assertThat(dispatch.redeliveryCounter).isEqualTo(2);
        assertThat(dispatch.destination).isEqualTo(in.destination);
        assertThat(String.valueOf(dispatch.consumerId)).isEqualTo("ID:c:4:5");
        assertThat(Objects.requireNonNull(out.messageId).brokerSequenceId).isEqualTo(77);
        assertThat(out.messageId.textView).isEqualTo("mqtt-1");
    }

    @Test
    void shouldTellNoBytesFromZeroBytes() {
        ActiveMQBytesMessage none = filled(new ActiveMQBytesMessage());
        assertThat(Objects.requireNonNull(dispatch(core(none)).message).content).isNull();
        ActiveMQBytesMessage zero = filled(new ActiveMQBytesMessage());
        zero.content = new byte[0];
        assertThat(Objects.requireNonNull(dispatch(core(zero)).message).content).isEmpty();
    }

    @Test
    void shouldKeepNothingExtraOfAnOrdinaryMessage() {
        assertThat(core(filled(new ActiveMQTextMessage())).extras()).isSameAs(io.ferrymq.message.Message.ABSENT);
    }

    @Test
    void shouldKeepWhatOnlyOpenWireKnows() {
        ActiveMQBlobMessage in = filled(new ActiveMQBlobMessage());
        in.transactionId = new LocalTransactionId(new ConnectionId("ID:p"), 8);
        in.remoteBlobUrl = "http://x/y";
        in.mimeType = "text/plain";
        in.deletedByBroker = true;
        in.brokerPath = new BrokerId[] {new BrokerId("b1")};
        in.droppable = true;
        in.dataStructure = new ActiveMQQueue("about");
        assertThat(dispatch(core(in)).message)
                .usingRecursiveComparison()
                .ignoringFields("brokerInTime", "brokerOutTime", "redeliveryCounter", "messageId.brokerSequenceId")
                .isEqualTo(in);
    }

    @Test
    void shouldAppendWhatTheBrokerAdds() {
        ActiveMQMessage in = filled(new ActiveMQMessage());
        in.marshalledProperties = PrimitiveMap.encode(Map.of("mine", 1));
        var dead = core(in).toBuilder()
                .annotations(Map.of("dlqDeliveryFailureCause", "why"))
                .build();
        byte[] properties = Objects.requireNonNull(Objects.requireNonNull(dispatch(dead).message).marshalledProperties);
        assertThat(PrimitiveMap.decode(properties, PrimitiveMap.Limits.defaults()))
                .isEqualTo(Map.of("mine", 1, "dlqDeliveryFailureCause", "why"));
    }

    /** Else every consumer of the dead letter queue would pay for what one producer sent. */
    @Test
    void shouldAppendToNothingWhatIsNoMap() {
        for (byte[] noMap : new byte[][] {{0, 0, 0}, {-1, -1, -1, -2}, {127, -1, -1, -1}}) {
            ActiveMQMessage in = filled(new ActiveMQMessage());
            in.marshalledProperties = noMap;
            assertThat(Objects.requireNonNull(dispatch(core(in)).message).marshalledProperties)
                    .isEqualTo(noMap);
            var dead = core(in).toBuilder()
                    .annotations(Map.of("dlqDeliveryFailureCause", "why"))
                    .build();
            byte[] properties =
                    Objects.requireNonNull(Objects.requireNonNull(dispatch(dead).message).marshalledProperties);
            assertThat(PrimitiveMap.decode(properties, PrimitiveMap.Limits.defaults()))
                    .isEqualTo(Map.of("dlqDeliveryFailureCause", "why"));
        }
    }

    @Test
    void shouldCutOptionsAndBlanksFromNames() {
        assertThat(names.destination(new ActiveMQQueue(" a.b ?x=1"))).contains(DestinationName.queue("a.b"));
        assertThat(names.destination(new ActiveMQQueue("?x=1"))).isEmpty();
        assertThat(names.destination(new ActiveMQQueue(" "))).isEmpty();
        assertThat(names.destination(null)).isEmpty();
    }

    @Test
    void shouldHaveAClassForEveryRefusal() {
        for (Refusal.Code code : Refusal.Code.values()) {
            assertThat(Errors.of(new Refusal(code, "m"), Dialect.JAVAX).className())
                    .matches(
                            "(javax\\.jms|javax\\.transaction\\.xa|java\\.lang|org\\.apache\\.activemq)\\.[A-Za-z]+Exception");
        }
    }

    @Test
    void shouldMakeStrangersTextHarmless() {
        assertThat(Printable.of("a\r\n\u001b[31m\u202e" + "x".repeat(1000)))
                .startsWith("a\\u000d\\u000a\\u001b[31m\\u202e")
                .hasSizeLessThan(300);
    }
}
