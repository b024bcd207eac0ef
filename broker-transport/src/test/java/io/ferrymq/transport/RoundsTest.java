package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When connections are looked at, without a timer for each. */
class RoundsTest {
    private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(320);
    private static final int MEMBERS = 500;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Rounds rounds = new Rounds(channel.eventLoop());

    RoundsTest() {
        channel.freezeTime();
    }

    private final class Looked extends Rounds.Member {
        private final List<Long> atMs = new ArrayList<>();
        private Runnable then = () -> {};

        @Override
        void look() {
            atMs.add(nowMs());
            then.run();
        }
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(channel.eventLoop().ticker().nanoTime());
    }

    private void pass(long ms) {
        for (long i = 0; i < ms; i++) {
            channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    /** Nothing runs meanwhile. */
    private void jump(long ms) {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private Looked join(long delayMs) {
        Looked member = new Looked();
        rounds.join(member, TimeUnit.MILLISECONDS.toNanos(delayMs), PERIOD_NS);
        return member;
    }

    @Test
    void shouldLookFirstAfterDelayAndPeriodThenOnceInEach() {
        long startMs = nowMs();
        Looked member = join(1_000);
        pass(2_300);
        assertThat(member.atMs).hasSize(4);
        assertThat(member.atMs.get(0) - startMs).isBetween(1_310L, 1_320L);
        assertThat(member.atMs.get(3) - member.atMs.get(0)).isBetween(955L, 965L);
    }

    @Test
    void shouldLookAtAllWhileOthersComeAndGo() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Looked> staying = new ArrayList<>();
        List<Looked> leaving = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            (random.nextBoolean() ? staying : leaving).add(join(random.nextInt(400)));
        }
        leaving.forEach(member -> member.then = () -> rounds.leave(member));
        pass(400 + 10 * 320);
        assertThat(leaving).as("seed=%d", seed).allMatch(member -> member.atMs.size() == 1);
        assertThat(staying).as("seed=%d", seed).allMatch(member -> member.atMs.size() >= 9 && member.atMs.size() <= 11);
    }

    @Test
    void shouldCountAPauseAsOneLook() {
        Looked member = join(0);
        pass(1_000);
        int before = member.atMs.size();
        jump(10_000);
        jump(150);
        assertThat(member.atMs).hasSize(before + 1);
        pass(320 + 160);
        assertThat(member.atMs.size()).isBetween(before + 2, before + 3);
    }

    @Test
    void shouldKeepNothingOfThoseThatHaveLeft() {
        for (int ms = 1; ms <= 100; ms++) {
            Looked member = new Looked();
            rounds.join(member, 0, TimeUnit.MILLISECONDS.toNanos(50 * ms));
            rounds.leave(member);
            rounds.leave(member);
            pass(20);
            assertThat(member.atMs).isEmpty();
        }
        assertThat(rounds.isEmpty()).isTrue();
        assertThat(channel.runScheduledPendingTasks()).as("no timer is left").isEqualTo(-1);
    }
}
