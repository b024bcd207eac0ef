package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackPressureTest {
    private int readIdle;
    private int writeIdle;
    private int writeStalled;

    private final ActivityMonitor.Listener counting = new ActivityMonitor.Listener() {
        @Override
        public void onReadIdle() {
            readIdle++;
        }

        @Override
        public void onWriteIdle() {
            writeIdle++;
        }

        @Override
        public void onWriteStalled() {
            writeStalled++;
        }
    };

    private static void pass(EmbeddedChannel channel, long ms) {
        for (long passed = 0; passed < ms; passed++) {
            jump(channel, 1);
        }
    }

    /** Nothing runs meanwhile. */
    private static void jump(EmbeddedChannel channel, long ms) {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private static EmbeddedChannel channel(ActivityMonitor monitor) {
        EmbeddedChannel channel = new EmbeddedChannel(monitor);
        channel.freezeTime();
        return channel;
    }

    private static void start(EmbeddedChannel channel, ActivityMonitor monitor, long delayMs, long intervalMs) {
        monitor.start(new Rounds(channel.eventLoop()), delayMs, intervalMs);
    }

    @Test
    void shouldCloseTheGateAboveTheLimitAndOpenItBelowHalf() {
        EmbeddedChannel channel = new EmbeddedChannel();
        ReadGate gate = new ReadGate(channel, 100, new ReadGate.Total(1_000));
        gate.hold(100);
        assertThat(channel.config().isAutoRead()).isTrue();
        gate.hold(1);
        assertThat(channel.config().isAutoRead()).isFalse();
        gate.release(50);
        assertThat(channel.config().isAutoRead()).isFalse();
        gate.release(1);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(gate.heldBytes()).isEqualTo(50);
    }

    @Test
    void shouldEndOpenHoweverThreadsInterleave() throws InterruptedException {
        EmbeddedChannel channel = new EmbeddedChannel();
        ReadGate gate = new ReadGate(channel, 10, new ReadGate.Total(1_000));
        Runnable work = () -> {
            for (int i = 0; i < 50_000; i++) {
                gate.hold(7);
                gate.release(7);
            }
        };
        Thread first = new Thread(work);
        Thread second = new Thread(work);
        first.start();
        second.start();
        first.join();
        second.join();
        channel.runPendingTasks();
        assertThat(gate.isShut()).isFalse();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void shouldReportSilenceOfBothDirections() {
        EmbeddedChannel channel = channel(new ActivityMonitor(counting));
        start(channel, channel.pipeline().get(ActivityMonitor.class), 1_000, 6_000);
        pass(channel, 3_968);
        assertThat(writeIdle + readIdle).isZero();
        pass(channel, 33);
        assertThat(writeIdle).isEqualTo(1);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        pass(channel, 7_900);
        assertThat(readIdle).isZero();
        pass(channel, 100);
        assertThat(readIdle).isEqualTo(1);
        assertThat(writeIdle).isEqualTo(5);
        channel.finishAndReleaseAll();
    }

    /** Each wake-up of the event loop costs: ten thousand connections must not have one each. */
    @Test
    void shouldLookAtTheSameMomentsAsOtherConnections() {
        EmbeddedChannel channel = channel(new ActivityMonitor(counting));
        Rounds rounds = new Rounds(channel.eventLoop());
        for (int ms = 0; ms < 100; ms++) {
            ActivityMonitor monitor = new ActivityMonitor(counting);
            channel.pipeline().addLast(monitor);
            monitor.start(rounds, 0, 19_200);
            pass(channel, 1);
        }
        int moments = 0;
        for (int ms = 0; ms < 12_000; ms++) {
            int before = writeIdle;
            pass(channel, 1);
            moments += writeIdle > before ? 1 : 0;
        }
        assertThat(writeIdle).isEqualTo(100);
        assertThat(moments).isBetween(1, 2);
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldCloseGatesEarlyWhenAllTogetherHoldTooMuch() {
        ReadGate.Total total = new ReadGate.Total(1_000_000);
        ReadGate one = new ReadGate(new EmbeddedChannel(), 900_000, total);
        ReadGate other = new ReadGate(new EmbeddedChannel(), 900_000, total);
        one.hold(800_000);
        other.hold(190_000);
        assertThat(other.isShut()).isFalse();
        other.hold(20_000);
        assertThat(other.isShut()).isTrue();
        other.release(100_000);
        assertThat(other.isShut()).isFalse();
        one.release(800_000);
        assertThat(one.isShut()).isFalse();
    }

    /** A socket that takes some bytes with each flush, and never a whole buffer. */
    private static final class SlowChannel extends EmbeddedChannel {
        private int taking;

        SlowChannel(ActivityMonitor monitor) {
            super(monitor);
            freezeTime();
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer pending) {
            if (pending.current() instanceof ByteBuf buffer) {
                pending.removeBytes(Math.min(taking, buffer.readableBytes()));
            }
        }

        void take(int bytes) {
            taking = bytes;
            flush();
            taking = 0;
        }
    }

    /** Has something to write. */
    private SlowChannel watchedForASecond() {
        ActivityMonitor monitor = new ActivityMonitor(counting);
        SlowChannel channel = new SlowChannel(monitor);
        start(channel, monitor, 0, 1_000);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[100_000]));
        return channel;
    }

    @Test
    void shouldReportAPeerThatTakesNothing() {
        SlowChannel channel = watchedForASecond();
        pass(channel, 1_000);
        channel.take(1);
        pass(channel, 1_000);
        assertThat(writeStalled).isZero();
        pass(channel, 400);
        assertThat(writeStalled).isEqualTo(1);
        channel.take(99_999);
        pass(channel, 5_000);
        assertThat(writeStalled).isEqualTo(1);
        channel.finishAndReleaseAll();
    }

    /** Netty counts a buffer as pending until all of it is written: that alone would look like a peer that takes nothing. */
    @Test
    void shouldNotCutAPeerThatReadsALargeMessageSlowly() {
        SlowChannel channel = watchedForASecond();
        for (int ms = 0; ms < 5_000; ms += 100) {
            pass(channel, 100);
            channel.take(10);
        }
        assertThat(writeStalled).isZero();
        channel.close();
    }

    /** Messages of one size, one after the other, always leave as much pending. */
    @Test
    void shouldNotCutAPeerThatReadsMessagesOfOneSize() {
        SlowChannel channel = watchedForASecond();
        for (int ms = 0; ms < 5_000; ms += 100) {
            pass(channel, 100);
            channel.write(Unpooled.wrappedBuffer(new byte[100_000]));
            channel.take(100_000);
        }
        assertThat(writeStalled).isZero();
        channel.close();
    }

    @Test
    void shouldNotBlameThePeerWhileTheBrokerDoesNotRead() {
        EmbeddedChannel channel = channel(new ActivityMonitor(counting));
        start(channel, channel.pipeline().get(ActivityMonitor.class), 0, 1_000);
        channel.config().setAutoRead(false);
        pass(channel, 10_000);
        assertThat(readIdle).isZero();
        channel.config().setAutoRead(true);
        pass(channel, 2_100);
        assertThat(readIdle).isEqualTo(1);
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldNotBlameThePeerForAPauseOfItsOwn() {
        SlowChannel channel = watchedForASecond();
        pass(channel, 1_000);
        jump(channel, 10_000);
        jump(channel, 10);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1])); // what has come meanwhile
        channel.take(100_000);
        pass(channel, 500);
        assertThat(readIdle + writeStalled).isZero();
        channel.finishAndReleaseAll();
    }
}
