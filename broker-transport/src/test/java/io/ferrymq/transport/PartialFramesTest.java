package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartialFramesTest {
    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final List<String> news = new ArrayList<>();
    private long nowNs;
    private final PartialFrames frames =
            new PartialFrames(loop.eventLoop(), () -> nowNs, 100, new PartialFrames.Patience(1_000, 1, 100));

    @BeforeEach
    void freeze() {
        loop.freezeTime();
    }

    private PartialFrames.Claim claim(String name, int bytes) {
        return claim(name, bytes, false);
    }

    private PartialFrames.Claim claim(String name, int bytes, boolean heldBack) {
        PartialFrames.Claim claim = frames.claim(bytes, new PartialFrames.Receiver() {
            @Override
            public void onGranted() {
                news.add(name + " granted");
            }

            @Override
            public void onTooSlow() {
                news.add(name + " too slow");
            }

            @Override
            public boolean isHeldBack() {
                return heldBack;
            }
        });
        loop.runPendingTasks();
        return claim;
    }

    private void end(PartialFrames.Claim claim) {
        claim.end();
        loop.runPendingTasks();
    }

    private void pass(long ms) {
        for (long passed = 0; passed < ms; passed += 100) {
            nowNs += TimeUnit.MILLISECONDS.toNanos(100);
            loop.advanceTimeBy(100, TimeUnit.MILLISECONDS);
            loop.runScheduledPendingTasks();
        }
    }

    @Test
    void shouldGrantAtOnceWhatThereIsRoomFor() {
        assertThat(claim("a", 60).isGranted()).isTrue();
        assertThat(claim("b", 40).isGranted()).isTrue();
        assertThat(frames.usedBytes()).isEqualTo(100);
        assertThat(news).isEmpty();
    }

    @Test
    void shouldGrantInTheOrderOfTheClaims() {
        PartialFrames.Claim first = claim("a", 80);
        PartialFrames.Claim second = claim("b", 50);
        PartialFrames.Claim third = claim("c", 10);
        assertThat(second.isGranted()).isFalse();
        assertThat(third.isGranted()).isFalse();

        end(first);

        assertThat(news).containsExactly("b granted", "c granted");
        assertThat(frames.usedBytes()).isEqualTo(60);
        assertThat(frames.waitingCount()).isZero();
    }

    @Test
    void shouldGrantAClaimLargerThanAllWhenItIsAlone() {
        PartialFrames.Claim small = claim("a", 1);
        PartialFrames.Claim large = claim("b", 1_000);
        assertThat(large.isGranted()).isFalse();

        end(small);

        assertThat(large.isGranted()).isTrue();
        end(large);
        assertThat(frames.usedBytes()).isZero();
    }

    @Test
    void shouldForgetClaimsThatEndWhileTheyWait() {
        PartialFrames.Claim first = claim("a", 100);
        PartialFrames.Claim gone = claim("b", 100);
        PartialFrames.Claim last = claim("c", 100);
        end(gone);
        end(gone);

        end(first);

        assertThat(news).containsExactly("c granted");
        end(last);
        assertThat(frames.usedBytes()).isZero();
        assertThat(frames.waitingCount()).isZero();
    }

    @Test
    void shouldCutNobodyWhileNobodyWaits() {
        claim("a", 100);
        pass(100_000);

        assertThat(news).isEmpty();
    }

    @Test
    void shouldCutWhoIsSlowWhileOthersWait() {
        claim("slow", 50);
        pass(2_000);
        claim("new", 50);
        claim("waiting", 50);
        pass(100);

        assertThat(news).containsExactly("slow too slow");
        pass(1_000);
        assertThat(news).contains("new too slow").doesNotContain("waiting too slow");
    }

    @Test
    void shouldBlameNobodyWhoIsHeldBackByTheBroker() {
        claim("held", 100, true);
        claim("waiting", 50);
        pass(10_000);

        assertThat(news).isEmpty();
    }
}
