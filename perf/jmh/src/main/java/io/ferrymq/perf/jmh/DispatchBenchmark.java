package io.ferrymq.perf.jmh;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.flow.Receipt;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.VirtualDestinations;
import io.ferrymq.route.SendRoutes;
import io.ferrymq.session.Acknowledgement;
import io.ferrymq.session.Client;
import io.ferrymq.session.ClientInfo;
import io.ferrymq.session.ClientListener;
import io.ferrymq.session.ConsumerSpec;
import io.ferrymq.session.SessionRegistry;
import io.ferrymq.session.Sessions;
import io.ferrymq.shard.DestinationIndex;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.time.Clock;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A message through the core, without threads and sockets: sent, dispatched to a consumer, acknowledged. The message is made anew each
 * time, as the codec does, and is part of the figure.
 */
@State(Scope.Thread)
public class DispatchBenchmark {
    private static final String CONNECTION = "ID:host-1234-1";
    private static final DestinationName QUEUE = DestinationName.queue("orders");
    private static final ProducerId PRODUCER = new ProducerId(CONNECTION, 1, 1);
    private static final ConsumerId CONSUMER = new ConsumerId(CONNECTION, 1, 1);
    private static final int PREFETCH = 1000;

    private final byte[] body = new byte[1024];
    private final LastDelivery sink = new LastDelivery();
    private final Shards shards = shards();
    private final Client client = client();
    private final Shard shard = shards.ownerOf(QUEUE);
    private long sequence;

    private static Shards shards() {
        Limits limits = Limits.defaults();
        DestinationPolicies policies = new DestinationPolicies(List.of());
        Shards shards = new Shards(
                1,
                owners -> new Shard.Shared(
                        Clock.system(),
                        limits,
                        new MemoryBudget(limits.memoryBytes(), MemoryBudget.Waiting.of(limits.memoryBytes())),
                        new AtomicLong(1),
                        new DestinationIndex(policies, VirtualDestinations.DEFAULT),
                        new MemoryJournal("jmh"),
                        Runnable::run,
                        policies,
                        new BrokerEvents(),
                        PropertyFormat.NONE,
                        NoSpace.HOLD,
                        owners),
                failure -> {
                    throw new IllegalStateException(failure);
                });
        shards.recover();
        shards.startJournal();
        return shards;
    }

    private Client client() {
        Limits limits = Limits.defaults();
        SessionRegistry sessions = new SessionRegistry(
                "jmh",
                new MemoryJournal("jmh"),
                shards,
                new SendRoutes(shards.index(), VirtualDestinations.DEFAULT, PropertyFormat.NONE),
                new SessionRegistry.Surroundings(
                        Clock.system(),
                        limits,
                        new MemoryBudget(limits.memoryBytes(), MemoryBudget.Waiting.of(limits.memoryBytes())),
                        new BrokerEvents(),
                        new DestinationPolicies(List.of()),
                        PropertyFormat.NONE));
        Sessions.Outcome outcome = sessions.connect(new ClientInfo(CONNECTION, CONNECTION, "jmh", false), sink);
        return ((Sessions.Outcome.Accepted) outcome).client();
    }

    @Setup
    public void subscribe() {
        client.subscribe(new ConsumerSpec(CONSUMER, QUEUE, PREFETCH, 0, false, false, false, ""), Receipt.NONE);
        client.addProducer(PRODUCER, QUEUE, Receipt.NONE);
        turn();
    }

    @Benchmark
    public long transientMessage() {
        return send(false);
    }

    @Benchmark
    public long persistentMessage() {
        return send(true);
    }

    private long send(boolean persistent) {
        Message message = Message.builder(new MessageId(PRODUCER, ++sequence), QUEUE)
                .persistent(persistent)
                .body((byte) 24, false, body)
                .build();
        client.send(message, TransactionId.NONE, Receipt.NONE);
        turn();
        MessageId delivered = sink.take();
        client.acknowledge(
                new Acknowledgement(
                        AckType.STANDARD, CONSUMER, QUEUE, Optional.empty(), delivered, 1, TransactionId.NONE, ""),
                Receipt.NONE);
        turn();
        return sequence;
    }

    private void turn() {
        client.flush();
        while (shard.doWork() > 0) {
            Thread.onSpinWait();
        }
    }

    /** Remembers the last message only. */
    private static final class LastDelivery implements ClientListener {
        private Optional<MessageId> last = Optional.empty();

        MessageId take() {
            MessageId taken = last.orElseThrow();
            last = Optional.empty();
            return taken;
        }

        @Override
        public void deliver(Delivery delivery) {
            last = Optional.of(delivery.message().id());
        }

        @Override
        public void nothing(ConsumerId consumer) {
            throw new IllegalStateException("nothing for " + consumer);
        }

        @Override
        public void abort(ConsumerId consumer) {
            throw new IllegalStateException("aborted: " + consumer);
        }

        @Override
        public boolean isCongested() {
            return false;
        }

        @Override
        public void evicted(String reason) {
            throw new IllegalStateException(reason);
        }
    }
}
