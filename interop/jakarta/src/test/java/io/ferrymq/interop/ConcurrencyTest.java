package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.Verdict;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ConcurrencyTest {
    private static final int PRODUCERS = 4;
    private static final int MESSAGES = 400;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private final Ledger ledger = new Ledger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> ends = new ArrayList<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private Queue queue;

    @BeforeEach
    void name() {
        queue = jms.queue();
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void shouldDeliverEverythingOnceInOrderToConcurrentConsumers() throws Exception {
        ActiveMQConnectionFactory factory = jms.factory();
        for (LedgerConsumer.Mode mode : LedgerConsumer.Mode.values()) {
            LedgerConsumer consumer = new LedgerConsumer("c-" + mode, ledger, queue, mode);
            submit(() -> consumer.receiveWhile(() -> !done.get(), factory));
        }
        produce(factory);

        Verdict verdict = verdict();

        assertThat(verdict.clean()).as(verdict.report()).isTrue();
        assertThat(verdict.duplicates()).isEmpty();
    }

    @Test
    void shouldLoseNothingWhenConsumersKeepBreaking() throws Exception {
        ActiveMQConnectionFactory factory = jms.factory("jms.redeliveryPolicy.maximumRedeliveries=-1");
        for (LedgerConsumer.Mode mode : LedgerConsumer.Mode.values()) {
            LedgerConsumer consumer = new LedgerConsumer("c-" + mode, ledger, queue, mode);
            submit(() -> breakAgainAndAgain(consumer, factory));
        }
        produce(factory);

        Verdict verdict = verdict();

        assertThat(verdict.lost()).as(verdict.report()).isEmpty();
        assertThat(verdict.unexpected()).as(verdict.report()).isEmpty();
        assertThat(verdict.unflaggedDuplicates()).as(verdict.report()).isEmpty();
        // ActiveMQ Classic sometimes puts a message back behind later ones without flagging it
        if (BrokerUnderTest.ferry()) {
            assertThat(verdict.orderViolations()).as(verdict.report()).isEmpty();
        }
    }

    private void breakAgainAndAgain(LedgerConsumer consumer, ActiveMQConnectionFactory factory) {
        while (!done.get()) {
            try {
                consumer.receiveAndBreak(150, () -> !done.get(), factory);
            } catch (JMSException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    private void produce(ActiveMQConnectionFactory factory) {
        for (int n = 0; n < PRODUCERS; n++) {
            LedgerProducer producer = new LedgerProducer("p" + n, ledger, queue);
            submit(() -> producer.sendWhile(() -> producer.sequence() < MESSAGES, factory));
        }
    }

    /** Once everything was seen or nothing more comes. */
    private Verdict verdict() throws Exception {
        int total = PRODUCERS * MESSAGES;
        await().atMost(Duration.ofSeconds(40))
                .until(() -> ledger.verdict().totals().seen() == total);
        done.set(true);
        for (Future<?> end : ends) {
            end.get(20, TimeUnit.SECONDS);
        }
        return ledger.verdict();
    }

    /** Something that may fail as JMS does. */
    private interface Work {
        void run() throws JMSException;
    }

    private void submit(Work work) {
        Callable<Boolean> call = () -> {
            work.run();
            return true;
        };
        ends.add(threads.submit(call));
    }
}
