package io.ferrymq.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One thread at a time runs a shard, whoever it is, and nothing that was put before it is left lying. */
class ShardThreadTest {
    private static final long FOR_EVER = Long.MAX_VALUE / 4;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Lease lease = new Lease();
    private final Load load = new Load();
    private final List<Throwable> failures = new ArrayList<>();
    private final ShardThread thread = new ShardThread(load, lease, FOR_EVER, "shard", failures::add);

    @AfterEach
    void stop() {
        thread.requestStop();
        thread.awaitEnd();
    }

    /** Counts in fields that only the lease protects. */
    private static final class Load implements ShardThread.Work {
        private final AtomicLong todo = new AtomicLong();
        private final AtomicBoolean running = new AtomicBoolean();
        private final AtomicInteger meetings = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> runners = new ConcurrentLinkedQueue<>();
        private volatile long untilNextNs = FOR_EVER;
        private volatile boolean broken;
        private volatile Runnable meanwhile = () -> {};
        private long done;
        /** How much was done when the journal was woken last. */
        private volatile long journalWoken;

        @Override
        public int doWork() {
            if (!running.compareAndSet(false, true)) {
                meetings.incrementAndGet();
            }
            if (broken) {
                throw new IllegalStateException("broken");
            }
            long taken = todo.getAndSet(0);
            done += taken;
            if (taken > 0) {
                runners.add(Thread.currentThread().getName());
                meanwhile.run();
            }
            running.set(false);
            return taken > 0 ? 1 : 0;
        }

        @Override
        public void wakeJournal() {
            journalWoken = done;
        }

        @Override
        public long untilNextWorkNs() {
            return untilNextNs;
        }
    }

    /** Borrowing tells that the owner sleeps. */
    private void startAndSleep() {
        thread.start();
        await().atMost(DEADLINE).until(lease::borrow);
        lease.giveBack();
    }

    @Test
    void shouldBeRunByWhoeverBringsWorkWhileItsThreadSleeps() {
        startAndSleep();
        load.todo.addAndGet(3);
        thread.workHere(() -> true);
        assertThat(load.done).isEqualTo(3);
        assertThat(load.runners).containsOnly(Thread.currentThread().getName());
    }

    @Test
    void shouldBeRunByItsThreadForWhoeverMayNot() {
        startAndSleep();
        load.todo.addAndGet(3);
        lease.wake();
        await().atMost(DEADLINE).until(() -> load.runners.contains("shard"));
        assertThat(load.runners).containsOnly("shard");
    }

    @Test
    void shouldWakeTheJournalUnlessWhoeverRunsItWritesThatItself() {
        startAndSleep();
        load.todo.addAndGet(3);
        thread.workHere(() -> true);
        assertThat(load.journalWoken).isZero();
        load.todo.addAndGet(2);
        lease.wake();
        await().atMost(DEADLINE).until(() -> load.journalWoken == 5);
    }

    @Test
    void shouldLookAgainForWhatComesWhileItIsLent() {
        startAndSleep();
        AtomicInteger more = new AtomicInteger(1);
        load.meanwhile = () -> {
            if (more.getAndDecrement() > 0) {
                load.todo.addAndGet(1);
                lease.wake();
            }
        };
        load.todo.addAndGet(1);
        thread.workHere(() -> true);
        assertThat(load.done).isEqualTo(2);
        assertThat(load.runners).hasSize(2).containsOnly(Thread.currentThread().getName());
    }

    @Test
    void shouldNotKeepWhoeverBringsWorkForLong() {
        startAndSleep();
        AtomicInteger more = new AtomicInteger(50);
        load.meanwhile = () -> load.todo.addAndGet(more.getAndDecrement() > 0 ? 1 : 0);
        load.todo.addAndGet(1);
        thread.workHere(() -> true);
        await().atMost(DEADLINE).until(() -> load.runners.size() == 51);
        assertThat(load.runners.stream().filter("shard"::equals).count()).isGreaterThan(40);
    }

    @Test
    void shouldNotKeepWhoeverHasOtherThingsToDo() {
        startAndSleep();
        load.todo.addAndGet(1);
        thread.workHere(() -> false);
        await().atMost(DEADLINE).until(() -> !load.runners.isEmpty());
        assertThat(load.runners).containsOnly("shard");
    }

    @Test
    void shouldBeLeftToItsThreadInTheMiddleWhenThereAreOtherThingsToDo() {
        startAndSleep();
        AtomicBoolean idle = new AtomicBoolean(true);
        load.meanwhile = () -> load.todo.addAndGet(idle.getAndSet(false) ? 1 : 0);
        load.todo.addAndGet(1);
        thread.workHere(idle::get);
        await().atMost(DEADLINE).until(() -> load.runners.size() == 2);
        assertThat(load.runners).containsExactly(Thread.currentThread().getName(), "shard");
    }

    @Test
    void shouldHaveItsThreadSleepLessWhenSomethingIsDueEarlier() {
        startAndSleep();
        load.meanwhile = () -> load.untilNextNs = 0;
        load.todo.addAndGet(1);
        thread.workHere(() -> true);
        load.todo.addAndGet(1); // nobody says so: only a look without being woken finds it
        await().atMost(DEADLINE).until(() -> load.runners.contains("shard"));
        load.untilNextNs = FOR_EVER;
    }

    @Test
    void shouldEndWithTheFaultThatSomebodyElseRanInto() {
        startAndSleep();
        load.broken = true;
        thread.workHere(() -> true);
        thread.awaitEnd();
        assertThat(failures).singleElement().satisfies(fault -> assertThat(fault)
                .hasMessage("broken"));
        load.broken = false;
        load.todo.addAndGet(1);
        thread.workHere(() -> true);
        assertThat(load.done).as("nobody knows what state it is in").isZero();
    }

    @Test
    void shouldNeverMeetAndNeverLoseAnything() {
        long seed = Long.getLong("shard.seed", System.nanoTime());
        load.untilNextNs = 20_000;
        thread.start();
        int each = 50_000;
        List<CompletableFuture<Void>> bringers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Random random = new Random(seed + i);
            bringers.add(CompletableFuture.runAsync(() -> {
                for (int n = 0; n < each; n++) {
                    load.todo.incrementAndGet();
                    if (random.nextInt(4) > 0) {
                        thread.workHere(() -> true);
                    } else {
                        lease.wake();
                    }
                }
            }));
        }
        bringers.forEach(CompletableFuture::join);
        load.untilNextNs = FOR_EVER;
        await().atMost(DEADLINE).until(() -> load.todo.get() == 0 && !load.running.get());
        stop();
        assertThat(load.meetings).as("seed=%d", seed).hasValue(0);
        assertThat(load.done).as("seed=%d", seed).isEqualTo(3L * each);
        assertThat(failures).isEmpty();
    }
}
