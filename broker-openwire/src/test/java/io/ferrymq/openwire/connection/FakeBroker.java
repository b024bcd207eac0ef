package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.journal.Journal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.message.Xid;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.session.Acknowledgement;
import io.ferrymq.session.Client;
import io.ferrymq.session.ClientInfo;
import io.ferrymq.session.ClientListener;
import io.ferrymq.session.ConsumerSpec;
import io.ferrymq.session.ScheduledMessages;
import io.ferrymq.session.Sessions;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A core that writes down what it is asked, and says yes unless told otherwise. Any thread. */
final class FakeBroker implements Sessions {
    private final BrokerEvents events = new BrokerEvents();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<FakeClient> clients = new CopyOnWriteArrayList<>();
    /** Receipts of sends, while {@link #holdSends}, and of consumers, while {@link #holdConsumers}. */
    final Queue<Receipt> held = new ConcurrentLinkedQueue<>();

    /** Destinations that were there before anybody asked. */
    volatile List<DestinationName> existing = List.of();

    volatile Limits limits = Limits.defaults();
    final MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE);
    /** Runs on the event loop of whoever pulls. */
    volatile Runnable onPull = () -> {};

    /** How often somebody would have written the journal. */
    final AtomicLong writes = new AtomicLong();

    volatile boolean holdSends;
    volatile boolean holdConsumers;
    volatile Optional<Refusal> refuseConnections = Optional.empty();
    volatile Optional<Refusal> refuseAll = Optional.empty();
    volatile boolean holdClose;
    volatile boolean prepareReadOnly;
    final List<Xid> prepared = new CopyOnWriteArrayList<>();

    @Override
    public Outcome connect(ClientInfo info, ClientListener listener) {
        if (refuseConnections.isPresent()) {
            return new Outcome.Refused(refuseConnections.get());
        }
        FakeClient client = new FakeClient(info, listener);
        clients.add(client);
        return new Outcome.Accepted(client);
    }

    @Override
    public String brokerName() {
        return "fake";
    }

    @Override
    public String brokerId() {
        return "ID:fake-broker";
    }

    @Override
    public void writeHere() {
        writes.incrementAndGet();
    }

    @Override
    public Journal.Status journal() {
        return new Journal.Status("fake", 7, 3, 12, 4096, 5, 1, false, "unsafe-os", true);
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public BrokerEvents events() {
        return events;
    }

    final List<ScheduledMessage> scheduled = new CopyOnWriteArrayList<>();

    @Override
    public ScheduledMessages scheduled() {
        return new ScheduledMessages() {
            @Override
            public void list(long fromMs, long toMs, Consumer<List<ScheduledMessage>> reader) {
                reader.accept(scheduled.stream()
                        .filter(one -> one.dueMs() >= fromMs && one.dueMs() <= toMs)
                        .toList());
            }

            @Override
            public void remove(String jobId, Receipt receipt) {
                calls.add("removeScheduled " + jobId);
                receipt.done();
            }

            @Override
            public void removeAll(long fromMs, long toMs, Receipt receipt) {
                calls.add("removeAllScheduled " + fromMs + " " + toMs);
                receipt.done();
            }
        };
    }

    @Override
    public void destinations(Consumer<List<DestinationName>> reader) {
        reader.accept(existing);
    }

    @Override
    public MemoryBudget memory() {
        return memory;
    }

    FakeClient client(String connectionId) {
        return clients.stream()
                .filter(client -> client.info.connectionId().equals(connectionId))
                .findFirst()
                .orElseThrow();
    }

    /** One connected client. */
    final class FakeClient implements Client {
        final ClientInfo info;
        final ClientListener listener;
        final List<Message> sent = new CopyOnWriteArrayList<>();
        final List<Acknowledgement> acknowledgements = new CopyOnWriteArrayList<>();
        final List<ConsumerSpec> consumers = new CopyOnWriteArrayList<>();
        final Queue<Runnable> closing = new ConcurrentLinkedQueue<>();

        FakeClient(ClientInfo info, ClientListener listener) {
            this.info = info;
            this.listener = listener;
        }

        private void note(String call, Receipt receipt) {
            calls.add(call);
            refuseAll.ifPresentOrElse(receipt::refused, receipt::done);
        }

        @Override
        public void flush() {}

        @Override
        public void flushHere() {}

        @Override
        public void addDestination(DestinationName destination, Receipt receipt) {
            note("addDestination " + destination, receipt);
        }

        @Override
        public void removeDestination(DestinationName destination, Receipt receipt) {
            note("removeDestination " + destination, receipt);
        }

        @Override
        public void addProducer(ProducerId producer, DestinationName destination, Receipt receipt) {
            note("addProducer " + producer + " " + destination, receipt);
        }

        @Override
        public void addAnonymousProducer(ProducerId producer, Receipt receipt) {
            note("addAnonymousProducer " + producer, receipt);
        }

        @Override
        public void removeProducer(ProducerId producer) {
            calls.add("removeProducer " + producer);
        }

        @Override
        public void send(Message message, TransactionId transaction, Receipt receipt) {
            sent.add(message);
            if (holdSends) {
                calls.add("send");
                held.add(receipt);
            } else {
                note("send " + message.destination() + " " + transaction, receipt);
            }
        }

        @Override
        public void subscribe(ConsumerSpec consumer, Receipt receipt) {
            consumers.add(consumer);
            String call = "subscribe " + consumer.id() + " " + consumer.destination();
            if (holdConsumers) {
                calls.add(call);
                held.add(receipt);
            } else {
                note(call, receipt);
            }
        }

        @Override
        public void unsubscribe(ConsumerId consumer, long lastDelivered, Receipt receipt) {
            note("unsubscribe " + consumer + " " + lastDelivered, receipt);
        }

        @Override
        public void acknowledge(Acknowledgement acknowledgement, Receipt receipt) {
            acknowledgements.add(acknowledgement);
            note("acknowledge " + acknowledgement.type(), receipt);
        }

        @Override
        public void pull(ConsumerId consumer, long timeoutMs) {
            onPull.run();
            calls.add("pull " + consumer + " " + timeoutMs);
            if (timeoutMs == -1) {
                listener.nothing(consumer);
            }
        }

        @Override
        public Optional<DestinationName> subscribedTopics(String subscriptionName) {
            return Optional.empty();
        }

        @Override
        public void removeSubscription(String subscriptionName, Receipt receipt) {
            calls.add("removeSubscription " + subscriptionName);
            receipt.done();
        }

        @Override
        public void resume() {
            calls.add("resume");
        }

        @Override
        public void changePrefetch(ConsumerId consumer, int prefetch) {
            calls.add("changePrefetch " + consumer + " " + prefetch);
        }

        @Override
        public void begin(TransactionId transaction) {
            calls.add("begin " + transaction);
        }

        @Override
        public void markRollbackOnly(TransactionId transaction, Refusal why) {
            calls.add("markRollbackOnly " + transaction);
        }

        @Override
        public void commit(TransactionId transaction, Receipt receipt) {
            note("commit " + transaction, receipt);
        }

        @Override
        public void rollback(TransactionId transaction, Receipt receipt) {
            note("rollback " + transaction, receipt);
        }

        @Override
        public void prepare(TransactionId transaction, Vote vote) {
            calls.add("prepare " + transaction);
            if (refuseAll.isPresent()) {
                vote.refused(refuseAll.get());
            } else if (prepareReadOnly) {
                vote.readOnly();
            } else {
                vote.done();
            }
        }

        @Override
        public void commitPrepared(TransactionId transaction, Receipt receipt) {
            note("commitPrepared " + transaction, receipt);
        }

        @Override
        public void forget(TransactionId transaction, Receipt receipt) {
            note("forget " + transaction, receipt);
        }

        @Override
        public void recover(Consumer<List<Xid>> reader) {
            reader.accept(prepared);
        }

        @Override
        public void close(long lastDelivered, Runnable whenClosed) {
            calls.add("close " + info.connectionId() + " " + lastDelivered);
            if (holdClose) {
                closing.add(whenClosed);
            } else {
                whenClosed.run();
            }
        }
    }
}
