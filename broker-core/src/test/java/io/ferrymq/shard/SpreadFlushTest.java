package io.ferrymq.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Vote;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.message.Xid;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.VirtualDestinations;
import io.ferrymq.route.SendRoutes;
import io.ferrymq.session.Client;
import io.ferrymq.session.ClientInfo;
import io.ferrymq.session.ClientListener;
import io.ferrymq.session.ConsumerSpec;
import io.ferrymq.session.SessionRegistry;
import io.ferrymq.session.Sessions;
import io.ferrymq.time.Clock;
import io.ferrymq.transaction.TransactionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client whose work lies in several shards, all of which sleep: each does its part at the same time, the last one here. */
class SpreadFlushTest {
    private static final int SHARDS = 4;
    private static final long FOR_EVER = Long.MAX_VALUE / 4;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final List<Throwable> failures = new ArrayList<>();
    private final List<ShardThread> threads = new ArrayList<>();
    private final Map<String, String> doneBy = new ConcurrentHashMap<>();
    private final Journal journal = new MemoryJournal("test");
    private final MemoryBudget budget = new MemoryBudget(Limits.defaults().memoryBytes());
    private final BrokerEvents events = new BrokerEvents();
    private final DestinationPolicies policies = new DestinationPolicies(List.of());
    private final Shards shards = new Shards(
            SHARDS,
            owners -> new Shard.Shared(
                    Clock.system(),
                    Limits.defaults(),
                    budget,
                    new AtomicLong(1),
                    new DestinationIndex(policies, VirtualDestinations.DEFAULT),
                    journal,
                    Runnable::run,
                    policies,
                    events,
                    PropertyFormat.NONE,
                    NoSpace.HOLD,
                    owners),
            failures::add);
    private final Client client = client();
    private long messages;

    private Client client() {
        SessionRegistry.Surroundings surroundings = new SessionRegistry.Surroundings(
                Clock.system(), Limits.defaults(), budget, events, policies, PropertyFormat.NONE);
        SendRoutes routes = new SendRoutes(shards.index(), VirtualDestinations.DEFAULT, PropertyFormat.NONE);
        Sessions.Outcome outcome = new SessionRegistry("test", journal, shards, routes, surroundings)
                .connect(new ClientInfo("ID:c", "ID:c", "test", false), new Deaf());
        return ((Sessions.Outcome.Accepted) outcome).client();
    }

    /** Threads that nothing wakes but what is said to their shard; borrowing tells that they sleep. */
    @BeforeEach
    void startAndSleep() {
        shards.recover();
        shards.startJournal();
        for (int i = 0; i < SHARDS; i++) {
            Shard shard = shards.all().get(i);
            ShardThread thread =
                    new ShardThread(new Untimed(shard), shard.inbox().lease(), FOR_EVER, "shard-" + i, failures::add);
            threads.add(thread);
            thread.start();
            shard.inbox().servedBy(thread);
        }
        awaitSleep();
    }

    private void awaitSleep() {
        for (Shard shard : shards.all()) {
            await().atMost(DEADLINE).until(shard.inbox().lease()::borrow);
            shard.inbox().lease().giveBack();
        }
    }

    @AfterEach
    void stop() {
        threads.forEach(ShardThread::requestStop);
        threads.forEach(ShardThread::awaitEnd);
        journal.close();
        assertThat(failures).isEmpty();
    }

    private record Untimed(Shard shard) implements ShardThread.Work {
        @Override
        public int doWork() {
            return shard.doWork();
        }

        @Override
        public void wakeJournal() {
            shard.wakeJournal();
        }

        @Override
        public long untilNextWorkNs() {
            return FOR_EVER;
        }
    }

    /** A queue that the shard of this number owns. */
    private String queueIn(int shard, String prefix) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> prefix + i)
                .filter(name -> shards.ownerOf(DestinationName.queue(name))
                        == shards.all().get(shard))
                .findFirst()
                .orElseThrow();
    }

    private void send(String queue) {
        send(queue, TransactionId.NONE);
    }

    private void send(String queue, TransactionId transaction) {
        MessageId id = new MessageId(new ProducerId("ID:c", 1, 1), ++messages);
        Message message = Message.builder(id, DestinationName.queue(queue)).build();
        client.send(
                message,
                transaction,
                Receipt.always(() -> doneBy.put(queue, Thread.currentThread().getName())));
    }

    @Test
    void shouldWakeAllShardsButTheLastAndRunThatOneHere() {
        String here = Thread.currentThread().getName();
        List<String> queues = List.of(queueIn(2, "a"), queueIn(0, "b"), queueIn(3, "c"));
        queues.forEach(this::send);

        client.flushHere();

        assertThat(doneBy).containsEntry(queues.get(2), here);
        await().atMost(DEADLINE).until(() -> doneBy.size() == 3);
        assertThat(doneBy)
                .containsEntry(queues.get(0), "shard-2")
                .containsEntry(queues.get(1), "shard-0")
                .containsEntry(queues.get(2), here);
    }

    @Test
    void shouldEnterAShardOnceForAllThatLiesThere() {
        String here = Thread.currentThread().getName();
        List<String> queues = List.of(queueIn(1, "a"), queueIn(1, "b"), queueIn(1, "c"));
        queues.forEach(this::send);

        client.flushHere();

        assertThat(doneBy).hasSize(3).containsValue(here).doesNotContainValue("shard-1");
    }

    @Test
    void shouldForgetWhatItHasFlushed() {
        List.of(queueIn(1, "a"), queueIn(2, "a")).forEach(this::send);
        client.flushHere();
        await().atMost(DEADLINE).until(() -> doneBy.size() == 2);
        awaitSleep();
        String later = queueIn(1, "b");
        send(later);

        client.flushHere();

        assertThat(doneBy).containsEntry(later, Thread.currentThread().getName());
    }

    @Test
    void shouldOnlyWakeForWhoeverDoesNotWantToWork() {
        List<String> queues = List.of(queueIn(0, "a"), queueIn(1, "a"));
        queues.forEach(this::send);

        client.flush();

        await().atMost(DEADLINE).until(() -> doneBy.size() == 2);
        assertThat(doneBy).containsEntry(queues.get(0), "shard-0").containsEntry(queues.get(1), "shard-1");
    }

    /** Shards that sleep for ever never come to what they are not woken for. */
    @Test
    void shouldWakeForWhateverIsAskedAndForTheEnd() {
        ConsumerId consumer = new ConsumerId("ID:c", 1, 1);
        DestinationName queue = DestinationName.queue(queueIn(1, "a"));
        Receipt none = Receipt.NONE;
        asked(() -> client.addDestination(DestinationName.queue(queueIn(0, "a")), none));
        asked(() -> client.addProducer(new ProducerId("ID:c", 1, 1), DestinationName.queue(queueIn(2, "a")), none));
        asked(() -> client.subscribe(new ConsumerSpec(consumer, queue, 0, 0, false, false, false, ""), none));
        asked(() -> client.pull(consumer, 0));
        asked(() -> client.changePrefetch(consumer, 1));
        for (boolean commit : new boolean[] {true, false}) {
            TransactionId local = new TransactionId.Local("ID:c", commit ? 1 : 2);
            client.begin(local);
            asked(() -> send(queueIn(3, "a"), local));
            asked(() -> send(queueIn(0, "a"), local));
            asked(() -> {
                if (commit) {
                    client.commit(local, none);
                } else {
                    client.rollback(local, none);
                }
            });
        }
        TransactionId global = new TransactionId.Global(new Xid(1, new byte[] {1}, new byte[] {1}));
        client.begin(global);
        asked(() -> send(queueIn(2, "a"), global));
        List<String> votes = new CopyOnWriteArrayList<>();
        asked(() -> client.prepare(global, Vote.of(Receipt.always(() -> votes.add("prepared")))));
        await().atMost(DEADLINE).until(() -> !votes.isEmpty());
        asked(() -> client.commitPrepared(global, none));
        asked(() -> client.unsubscribe(consumer, -1, none));

        List<String> closed = new CopyOnWriteArrayList<>();
        client.close(-1, () -> closed.add("closed"));
        await().atMost(DEADLINE).until(() -> !closed.isEmpty());
        awaitWorkDone();
    }

    private void asked(Runnable request) {
        request.run();
        client.flush();
        awaitWorkDone();
        awaitSleep();
    }

    private void awaitWorkDone() {
        await().atMost(DEADLINE).until(() -> shards.all().stream()
                .allMatch(shard -> shard.inbox().isEmpty()));
    }

    /** A client that nobody sends anything. */
    private static final class Deaf implements ClientListener {
        @Override
        public void deliver(Delivery delivery) {}

        @Override
        public void nothing(ConsumerId consumer) {}

        @Override
        public void evicted(String reason) {}

        @Override
        public void abort(ConsumerId consumer) {}

        @Override
        public boolean isCongested() {
            return false;
        }
    }
}
