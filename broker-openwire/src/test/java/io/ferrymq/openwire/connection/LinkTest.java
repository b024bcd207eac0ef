package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.time.Clock;
import io.ferrymq.transport.ReadGate;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** What waits for a client counts until it is written or can never be. */
class LinkTest {
    private static final ConsumerId PULLS = new ConsumerId("ID:c", 1, 1);
    private static final ConsumerId READS = new ConsumerId("ID:c", 1, 2);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ReadGate gate = new ReadGate(channel, 1 << 20, new ReadGate.Total(1 << 20));
    private final MemoryBudget memory = new MemoryBudget(1 << 20);
    private final Link link = new Link(
            channel,
            gate,
            new WireFormat(1 << 20),
            new MessageAdapter(Clock.system(), new Names()),
            memory,
            new Link.Owner() {
                @Override
                public void onEvicted(String reason) {}

                @Override
                public void onUndeliverable(Delivery delivery, String reason) {}
            });

    LinkTest() {
        channel.pipeline().addLast(link.outbound(), new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
            }
        });
    }

    private static Delivery delivery(ConsumerId to, DestinationName from) {
        MessageId id = new MessageId(new ProducerId("ID:p", 1, 1), 1);
        return new Delivery(to, Message.builder(id, from).build(), 1, 0);
    }

    private void fill() {
        link.pulls(PULLS, true);
        link.send(new Response(1));
        link.nothing(PULLS);
        link.deliver(delivery(PULLS, DestinationName.queue("q")));
        link.deliver(delivery(READS, DestinationName.queue("q")));
        link.deliver(delivery(READS, DestinationName.topic("t")));
        assertThat(link.tell(delivery(READS, DestinationName.topic("ActiveMQ.Advisory.Connection"))))
                .isTrue();
        link.tellAgain(delivery(READS, DestinationName.topic("ActiveMQ.Advisory.Connection")));
        link.releaseDeliveries();
        assertThat(gate.heldBytes()).isPositive();
        assertThat(memory.usedBytes()).isPositive();
    }

    private void assertNothingCounts() {
        assertThat(gate.heldBytes()).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void shouldCountNothingThatIsWritten() {
        fill();

        link.open(Dialect.JAKARTA);
        channel.runPendingTasks();

        assertNothingCounts();
        channel.finishAndReleaseAll();
    }

    /** A monitor that hangs must not hold the producers of everybody. */
    @Test
    void shouldDropAdvisoriesThatAClientLeavesUnread() {
        Delivery advisory = delivery(READS, DestinationName.topic("ActiveMQ.Advisory.Connection"));
        int told = 0;
        while (link.tell(advisory)) {
            told++;
        }
        assertThat(told).isPositive();
        assertThat(memory.usedBytes()).isLessThanOrEqualTo(gate.limitBytes());

        link.open(Dialect.JAKARTA);
        channel.runPendingTasks();

        assertNothingCounts();
        assertThat(link.tell(advisory)).isTrue();
        channel.finishAndReleaseAll();
    }

    /** By coming and going a consumer can ask for more than it ever reads. */
    @Test
    void shouldReadNoMoreOfAClientThatLeavesUnreadWhatItWasToldAgain() {
        while (!gate.isShut()) {
            link.tellAgain(delivery(READS, DestinationName.topic("ActiveMQ.Advisory.Connection")));
        }
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isFalse();

        link.open(Dialect.JAKARTA);
        channel.runPendingTasks();

        assertNothingCounts();
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.finishAndReleaseAll();
    }

    /** The gates of all connections have one bound in common: what is left there is left for ever. */
    @Test
    void shouldCountNothingOfAConnectionThatEndsBefore() {
        fill();

        channel.close();
        channel.runPendingTasks();

        assertNothingCounts();
        link.send(new Response(2));
        channel.runPendingTasks();
        assertNothingCounts();
    }

    @Test
    void shouldCountNothingThatIsHeldWhenTheConnectionEnds() {
        link.holdDeliveries();
        fill();
        link.open(Dialect.JAKARTA);
        link.holdDeliveries();
        fill();
        channel.runPendingTasks();

        channel.close();
        link.closed();
        channel.runPendingTasks();

        assertNothingCounts();
        channel.releaseOutbound();
    }
}
