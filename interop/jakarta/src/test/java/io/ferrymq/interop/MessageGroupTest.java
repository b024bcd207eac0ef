package io.ferrymq.interop;

import static io.ferrymq.interop.Groups.assertNext;
import static io.ferrymq.interop.Groups.assertNothing;
import static io.ferrymq.interop.Groups.byGroup;
import static io.ferrymq.interop.Groups.collect;
import static io.ferrymq.interop.Groups.isFirst;
import static io.ferrymq.interop.Groups.sizes;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages with JMSXGroupID: each group has one consumer at a time, until it ends it with a negative JMSXGroupSeq, or the consumer is gone. */
final class MessageGroupTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private Groups groups;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        groups = new Groups(jms.session());
    }

    private void send(Destination to, String group, int sequence, String text) throws JMSException {
        groups.send(to, groups.message(group, sequence, text));
    }

    /** Several messages of one group: {@code A0}, {@code A1} and so on. */
    private void send(String group, int from, int to) throws JMSException {
        for (int i = from; i < to; i++) {
            send(queue, group, 0, group + i);
        }
    }

    private MessageConsumer consumer(String... options) throws JMSException {
        return jms.session(options).createConsumer(queue);
    }

    @Test
    void shouldGiveAGroupToOneConsumerAndTheNextOneToAnother() throws JMSException {
        MessageConsumer one = consumer();
        MessageConsumer two = consumer();
        send("A", 0, 4);

        assertNext(one, "A0", true);
        assertNext(one, "A1", false);
        send("B", 0, 2);
        send("A", 4, 5);
        assertNext(two, "B0", true);
        assertNext(two, "B1", false);
        assertThat(Jms.texts(one, 3)).containsExactly("A2", "A3", "A4");
        assertThat(one.receiveNoWait()).isNull();
        assertThat(two.receiveNoWait()).isNull();
    }

    @Test
    void shouldGiveAGroupOnWhenItsConsumerIsClosed() throws JMSException {
        MessageConsumer one = consumer();
        MessageConsumer two = consumer();
        send("A", 0, 4);
        assertNext(one, "A0", true);
        one.close();

        assertNext(two, "A1", true);
        assertNext(two, "A2", false);
        assertNext(two, "A3", false);
        send("A", 4, 5);
        assertNext(two, "A4", false);
    }

    @Test
    void shouldGiveWhatWasNotAcknowledgedToTheNextWhenAConnectionIsLost() throws JMSException {
        ActiveMQConnection lost = jms.connectAs(jms.name());
        MessageConsumer one =
                lost.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        send("A", 0, 3);
        assertNext(one, "A0", true);
        MessageConsumer two = consumer();
        jms.lose(lost);

        for (int i = 0; i < 3; i++) {
            Message message = Jms.receive(two);
            assertThat(Jms.text(message)).isEqualTo("A" + i);
            assertThat(isFirst(message)).isEqualTo(i == 0);
            assertThat(message.getJMSRedelivered()).isTrue();
        }
    }

    @Test
    void shouldKeepTheOrderOverAllGroupsOfAConsumerThatIsClosed() throws JMSException {
        MessageConsumer one = consumer();
        for (int i = 0; i < 3; i++) {
            send("A", i, i + 1);
            send("B", i, i + 1);
        }
        assertThat(Jms.text(one)).isEqualTo("A0");
        MessageConsumer two = consumer();
        one.close();

        assertThat(Jms.texts(two, 5)).containsExactly("B0", "A1", "B1", "A2", "B2");
    }

    /** Messages of groups and others, one at a time. */
    @Test
    void shouldGiveTheOnlyConsumerEverythingInOrder() throws JMSException {
        MessageConsumer one = jms.session("jms.prefetchPolicy.all=1")
                .createConsumer(queue, "JMSXGroupID IS NULL OR JMSXGroupSeq < 5");
        send("A", 0, 1);
        jms.send(queue, "x");
        send("A", 1, 2);
        send(queue, "A", 1, "A2");
        send("B", 0, 1);
        send("A", 3, 4);

        assertThat(Jms.texts(one, 6)).containsExactly("A0", "x", "A1", "A2", "B0", "A3");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -5})
    void shouldEndAGroupAfterANegativeSequence(int sequence) throws JMSException {
        MessageConsumer one = consumer();
        send(queue, "A", 1, "A0");
        assertNext(one, "A0", true);
        MessageConsumer two = consumer();
        send(queue, "A", 2, "A1");
        send(queue, "A", sequence, "A2");
        send(queue, "A", 3, "A3");
        send(queue, "A", 4, "A4");

        assertNext(one, "A1", false);
        assertNext(one, "A2", false);
        assertNext(two, "A3", true);
        assertNext(two, "A4", false);
    }

    @Test
    void shouldOpenAGroupWithANegativeSequenceAndLeaveItOpen() throws JMSException {
        MessageConsumer one = consumer();
        send(queue, "A", -1, "A0");
        assertNext(one, "A0", true);
        MessageConsumer two = consumer();
        send(queue, "A", 0, "A1");

        assertNext(one, "A1", false);
        assertNothing(two);
    }

    @Test
    void shouldNotEndAGroupWithSequenceZero() throws JMSException {
        MessageConsumer one = consumer();
        send(queue, "A", 5, "A0");
        assertNext(one, "A0", true);
        consumer();
        send(queue, "A", 0, "A1");
        send(queue, "A", 3, "A2");

        assertNext(one, "A1", false);
        assertNext(one, "A2", false);
    }

    @Test
    void shouldLookForAConsumerAnewWithSequenceOne() throws JMSException {
        MessageConsumer one = consumer();
        send(queue, "A", 2, "A0");
        assertNext(one, "A0", true);
        MessageConsumer two = consumer();
        send(queue, "A", 1, "A1");
        send(queue, "A", 2, "A2");

        assertNext(two, "A1", true);
        assertNext(two, "A2", false);
    }

    @Test
    void shouldPreferConsumersOfHigherPriority() throws JMSException {
        MessageConsumer low = consumer();
        MessageConsumer high = jms.session()
                .createConsumer(new ActiveMQQueue(((ActiveMQQueue) queue).getPhysicalName() + "?consumer.priority=7"));
        send("A", 0, 1);
        send("B", 0, 1);

        assertNext(high, "A0", true);
        assertNext(high, "B0", true);
        high.close();
        send("A", 1, 2);
        assertNext(low, "A1", true);
    }

    @Test
    void shouldGiveOtherGroupsWhatLiesBehindOneThatIsHeldUp() throws JMSException {
        MessageConsumer one = consumer("jms.prefetchPolicy.all=1");
        send("A", 0, 50);
        MessageConsumer two = consumer("jms.prefetchPolicy.all=1");
        send("B", 0, 2);

        assertNext(two, "B0", true);
        assertNext(two, "B1", false);
        assertThat(Jms.texts(one, 50)).containsExactly(Jms.numbered("A", 50));
    }

    /** What its consumer does not select is for nobody else, as long as that has the group. */
    @Test
    void shouldKeepWhatTheConsumerOfAGroupDoesNotSelect() throws JMSException {
        MessageConsumer red = jms.session().createConsumer(queue, "colour = 'red'");
        Message first = groups.message("A", 0, "red");
        first.setStringProperty("colour", "red");
        groups.send(queue, first);
        assertNext(red, "red", true);
        MessageConsumer any = consumer();
        send(queue, "A", 0, "colourless");
        assertNothing(any);
        red.close();

        assertNext(any, "colourless", true);
    }

    @Test
    void shouldNotGiveABrowserAGroup() throws JMSException {
        send("A", 0, 2);
        assertThat(jms.browse(queue)).containsExactly("A0", "A1");

        MessageConsumer one = consumer();
        assertNext(one, "A0", true);
        assertNext(one, "A1", false);
    }

    @Test
    void shouldSayWhereGroupsBeginForAnExclusiveConsumer() throws JMSException {
        MessageConsumer exclusive = jms.session()
                .createConsumer(
                        new ActiveMQQueue(((ActiveMQQueue) queue).getPhysicalName() + "?consumer.exclusive=true"));
        MessageConsumer other = consumer();
        send("A", 0, 2);
        send("B", 0, 1);

        assertNext(exclusive, "A0", true);
        assertNext(exclusive, "A1", false);
        assertNext(exclusive, "B0", true);
        exclusive.close();
        send("A", 2, 3);
        assertNext(other, "A2", true);
    }

    @Test
    void shouldKeepTheGroupOfAConsumerThatRollsBack() throws JMSException {
        Session transacted = jms.transacted(Jms.QUICK_REDELIVERY);
        MessageConsumer one = transacted.createConsumer(queue);
        send("A", 0, 2);
        assertThat(Jms.texts(one, 2)).containsExactly("A0", "A1");
        MessageConsumer two = consumer();
        transacted.rollback();

        Jms.assertDelivery(one, "A0", 2);
        Jms.assertDelivery(one, "A1", 2);
        transacted.commit();
        send("A", 2, 3);
        assertThat(Jms.text(one)).isEqualTo("A2");
        assertThat(two.receiveNoWait()).isNull();
    }

    @Test
    void shouldGiveANewConsumerNothingOfAGroupInATransaction() throws JMSException {
        Session transacted = jms.transacted("jms.prefetchPolicy.all=1");
        MessageConsumer one = transacted.createConsumer(queue);
        send("A", 0, 4);
        assertThat(Jms.text(one)).isEqualTo("A0");
        MessageConsumer two = consumer();
        assertNothing(two);
        transacted.commit();
        assertThat(Jms.text(one)).isEqualTo("A1");
        assertThat(two.receiveNoWait()).isNull();
        transacted.close();

        assertNext(two, "A1", true);
        assertNext(two, "A2", false);
        assertNext(two, "A3", false);
    }

    @Test
    void shouldKeepTheGroupOfAMessageThatIsDeliveredLater() throws JMSException {
        MessageConsumer one = consumer();
        send("A", 0, 1);
        assertNext(one, "A0", true);
        MessageConsumer two = consumer();
        Message later = groups.message("A", 0, "later");
        later.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, 600);
        groups.send(queue, later);

        assertNext(one, "later", false);
        assertThat(two.receiveNoWait()).isNull();
    }

    @Test
    void shouldStayWholeWhenAConnectionComesBackByItself() throws JMSException {
        ActiveMQConnection breaking = jms.failover();
        MessageConsumer one =
                breaking.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        MessageConsumer two = consumer();
        send("A", 0, 1);
        assertNext(one, "A0", true);
        assertThat(jms.browse(queue)).isEmpty();
        Wire.cut(breaking);
        send("A", 1, 11);

        List<List<Message>> got = collect(List.of(one, two), 10);
        assertThat(sizes(got)).containsExactly(10, 0);
        List<Message> all = got.get(0).isEmpty() ? got.get(1) : got.get(0);
        assertThat(isFirst(all.get(0))).isTrue();
        assertThat(byGroup(all).get("A"))
                .containsExactlyElementsOf(
                        IntStream.range(1, 11).mapToObj(i -> "A" + i).toList());
    }
}
