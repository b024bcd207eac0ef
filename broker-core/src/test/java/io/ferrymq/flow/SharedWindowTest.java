package io.ferrymq.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class SharedWindowTest {
    private static final int ROUNDS = 2_000;

    @Test
    void shouldNotEndAPullThatHasGotItsMessage() {
        SharedWindow window = new SharedWindow(0);
        long pull = window.pull();
        assertThat(window.take()).isTrue();
        assertThat(window.endPull(pull)).isFalse();
    }

    @Test
    void shouldNotEndThePullThatFollows() {
        SharedWindow window = new SharedWindow(0);
        long answered = window.pull();
        window.take();
        long next = window.pull();
        assertThat(window.endPull(answered)).isFalse();
        assertThat(window.endPull(next)).isTrue();
    }

    @Test
    void shouldEndAPullOnce() {
        SharedWindow window = new SharedWindow(0);
        long pull = window.pull();
        assertThat(window.endPull(pull)).isTrue();
        assertThat(window.endPull(pull)).isFalse();
        assertThat(window.take()).isFalse();
    }

    @Test
    void shouldAnswerAPullEitherWithAMessageOrWithNothing() throws Exception {
        SharedWindow window = new SharedWindow(0);
        CyclicBarrier together = new CyclicBarrier(2);
        for (int i = 0; i < ROUNDS; i++) {
            long pull = window.pull();
            CompletableFuture<Boolean> message = when(together, window::take);
            CompletableFuture<Boolean> nothing = when(together, () -> window.endPull(pull));
            assertThat(message.get(60, TimeUnit.SECONDS)).isNotEqualTo(nothing.get(60, TimeUnit.SECONDS));
        }
    }

    private static CompletableFuture<Boolean> when(CyclicBarrier together, BooleanSupplier action) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                together.await(60, TimeUnit.SECONDS);
                result.complete(action.getAsBoolean());
            } catch (Exception failure) {
                result.completeExceptionally(failure);
            }
        });
        thread.start();
        return result;
    }
}
