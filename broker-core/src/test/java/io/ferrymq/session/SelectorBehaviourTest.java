package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Receipt;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.policy.DestinationPolicy;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Who gets which message of a queue: selectors and priorities. */
class SelectorBehaviourTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final DestinationName DEAD = DestinationName.queue("ActiveMQ.DLQ");

    private final Bench bench = Bench.bench();
    private final TestClient producer = bench.client();
    private final TestClient client = bench.client();

    @Test
    void shouldGiveEachConsumerWhatItSelects() {
        ConsumerId blue = client.select(ORDERS, 10, "colour = 'blue'");
        ConsumerId heavy = client.select(ORDERS, 10, "weight > 5");
        producer.send(ORDERS, "colour=blue;weight=1");
        producer.send(ORDERS, "colour=red;weight=7");
        producer.send(ORDERS, "colour=red;weight=2");
        assertThat(client.received(blue)).containsExactly(1L);
        assertThat(client.received(heavy)).containsExactly(2L);
        assertThat(client.received(client.consume(ORDERS, 10))).containsExactly(3L);
    }

    @Test
    void shouldGiveAMessageOnceWhereSelectorsOverlap() {
        ConsumerId blue = client.select(ORDERS, 10, "colour = 'blue'");
        ConsumerId heavy = client.select(ORDERS, 10, "weight > 5");
        for (int i = 0; i < 4; i++) {
            producer.send(ORDERS, "colour=blue;weight=9");
        }
        assertThat(client.received(blue)).containsExactly(1L, 3L);
        assertThat(client.received(heavy)).containsExactly(2L, 4L);
    }

    @Test
    void shouldFindMessagesHoweverDeepTheyLie() {
        for (int i = 0; i < 60_000; i++) {
            producer.send(ORDERS, "colour=red");
        }
        producer.send(ORDERS, "colour=blue");
        ConsumerId consumer = client.select(ORDERS, 1, "colour = 'blue'");
        bench.run();
        assertThat(client.received(consumer)).containsExactly(60_001L);
    }

    @Test
    void shouldGiveOlderMessagesFirstWhileItLooksForThem() {
        for (int i = 0; i < 60_000; i++) {
            producer.send(ORDERS, i % 10_000 == 9_999 ? "colour=blue" : "colour=red");
        }
        ConsumerId consumer = client.select(ORDERS, 100, "colour = 'blue'");
        producer.send(ORDERS, "colour=blue");
        bench.run();
        assertThat(client.received(consumer))
                .containsExactly(10_000L, 20_000L, 30_000L, 40_000L, 50_000L, 60_000L, 60_001L);
    }

    @Test
    void shouldOfferWhatComesBackToThoseWhoSelectIt() {
        ConsumerId any = client.consume(ORDERS, 100);
        for (int i = 0; i < 6; i++) {
            producer.send(ORDERS, i % 2 == 0 ? "colour=blue" : "colour=red");
        }
        ConsumerId blue = client.select(ORDERS, 2, "colour = 'blue'");
        ConsumerId red = client.select(ORDERS, 100, "colour = 'red'");
        client.unsubscribe(any, -1);
        assertThat(client.received(blue)).containsExactly(1L, 3L);
        assertThat(client.received(red)).containsExactly(2L, 4L, 6L);
        client.ack(AckType.STANDARD, blue, deliveryTo(blue, 0));
        assertThat(client.received(blue)).containsExactly(1L, 3L, 5L);
    }

    private io.ferrymq.flow.Delivery deliveryTo(ConsumerId consumer, int index) {
        return client.deliveries.stream()
                .filter(delivery -> delivery.consumer().equals(consumer))
                .toList()
                .get(index);
    }

    @Test
    void shouldRememberMuchForAConsumerWithoutCreditAndGoOn() {
        ConsumerId blue = client.select(ORDERS, 1, "colour = 'blue'");
        for (int i = 0; i < 3_000; i++) {
            producer.send(ORDERS, "colour=blue");
        }
        List<Long> expected = LongStream.rangeClosed(1, 3_000).boxed().toList();
        for (int i = 0; i < 3_000; i++) {
            client.ack(AckType.STANDARD, blue, client.deliveries.get(i));
        }
        assertThat(client.received(blue)).containsExactlyElementsOf(expected);
    }

    @Test
    void shouldServeManySelectorsFromABacklog() {
        for (int i = 0; i < 2_000; i++) {
            producer.send(ORDERS, "n=" + i % 200);
        }
        List<ConsumerId> consumers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            consumers.add(client.select(ORDERS, 100, "n = " + i));
        }
        bench.run();
        assertThat(consumers)
                .allSatisfy(consumer -> assertThat(client.received(consumer)).hasSize(10));
    }

    @Test
    void shouldLookOnceForAllWhoComeInOneCycle() {
        sendNumbered(4_000, 200);
        List<ConsumerId> consumers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            consumers.add(client.selectLater(ORDERS, 100, "n = " + i));
        }
        bench.run();
        assertThat(consumers)
                .allSatisfy(consumer -> assertThat(client.received(consumer)).hasSize(20));
        assertThat(bench.decodings()).isBetween(4_000, 4_400);
    }

    private void sendNumbered(int messages, int numbers) {
        for (int i = 0; i < messages; i++) {
            producer.sendLater(ORDERS, "n=" + i % numbers);
        }
        bench.run();
    }

    @Test
    void shouldLookTwiceForAnyNumberOfConsumersThatComeWhileItLooksForOthers() {
        sendNumbered(10_000, 100);
        List<ConsumerId> consumers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            consumers.add(client.selectLater(ORDERS, 1_000, "n = " + i));
            bench.turn();
        }
        bench.run();
        for (int i = 0; i < 30; i++) {
            assertThat(client.received(consumers.get(i)))
                    .containsExactlyElementsOf(LongStream.iterate(i + 1, next -> next + 100)
                            .limit(100)
                            .boxed()
                            .toList());
        }
        assertThat(bench.decodings()).isLessThan(20_500);
    }

    @Test
    void shouldGiveOlderMessagesFirstToAConsumerThatComesWhileItLooksForOthers() {
        for (int i = 1; i <= 3_000; i++) {
            producer.sendLater(ORDERS, i % 1_000 == 1 ? "colour=blue" : "colour=red");
        }
        bench.run();
        client.selectLater(ORDERS, 10, "colour = 'green'");
        bench.turn();
        bench.turn();
        ConsumerId late = client.selectLater(ORDERS, 10, "colour = 'blue'");
        bench.turn();
        producer.sendLater(ORDERS, "colour=blue");
        bench.turn();
        assertThat(client.received(late)).isEmpty();
        bench.run();
        assertThat(client.received(late)).containsExactly(1L, 1_001L, 2_001L, 3_001L);
    }

    @Test
    void shouldReachTheEndHoweverFastMessagesCome() {
        sendNumbered(3_000, 10);
        List<ConsumerId> consumers = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            consumers.add(client.selectLater(ORDERS, 0, "n > " + (10 + i)));
        }
        consumers.forEach(consumer -> client.port().pull(consumer, -1));
        for (int cycle = 0; cycle < 300; cycle++) {
            for (int i = 0; i < 200; i++) {
                producer.sendLater(ORDERS, "n=1");
            }
            bench.turn();
        }
        assertThat(client.nothings).containsExactlyInAnyOrderElementsOf(consumers);
    }

    @Test
    void shouldAnswerAPullThatDoesNotWaitOnlyWhenItHasLooked() {
        sendNumbered(2_000, 2_000);
        ConsumerId consumer = client.select(ORDERS, 0, "n >= 1999");
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.received(consumer)).containsExactly(2_000L);
        assertThat(client.nothings).isEmpty();
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.nothings).containsExactly(consumer);
    }

    @Test
    void shouldLookThroughAShortQueueBeforeItAnswersASubscription() {
        sendNumbered(100, 10);
        ConsumerId consumer = client.nextConsumer();
        List<Integer> atAnswer = new ArrayList<>();
        client.port()
                .subscribe(
                        new ConsumerSpec(consumer, ORDERS, 10, 0, false, false, false, "n = 7"),
                        Receipt.of(() -> atAnswer.add(client.received(consumer).size()), why -> fail(why.toString())));
        bench.run();
        assertThat(atAnswer).containsExactly(10);
    }

    @Test
    void shouldOrderByPriorityThenByArrival() {
        producer.sendWithPriority(ORDERS, 4, 9, 0, 4, 9, 5);
        assertThat(client.received(client.consume(ORDERS, 100))).containsExactly(2L, 5L, 6L, 1L, 4L, 3L);
    }

    @Test
    void shouldPutWhatComesBackWhereItWas() {
        producer.sendWithPriority(ORDERS, 4, 9, 4);
        ConsumerId first = client.consume(ORDERS, 2);
        producer.sendWithPriority(ORDERS, 9);
        client.unsubscribe(first, -1);
        assertThat(client.received(client.consume(ORDERS, 100))).containsExactly(2L, 4L, 1L, 3L);
    }

    @Test
    void shouldOrderByArrivalAloneWhereThePolicySaysSo() {
        Bench plain = new Bench(
                1,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(DestinationName.queue("ORDERS"))
                        .prioritizedMessages(false)
                        .build());
        plain.client().sendWithPriority(ORDERS, 4, 9, 0);
        TestClient reader = plain.client();
        assertThat(reader.received(reader.consume(ORDERS, 100))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldGiveAnExclusiveConsumerOnlyWhatItSelects() {
        ConsumerId owner = client.nextConsumer();
        client.subscribe(new ConsumerSpec(owner, ORDERS, 10, 0, false, false, true, "colour = 'blue'"));
        ConsumerId other = client.consume(ORDERS, 10);
        producer.send(ORDERS, "colour=blue");
        producer.send(ORDERS, "colour=red");
        assertThat(client.received(owner)).containsExactly(1L);
        assertThat(client.received(other)).isEmpty();
        client.unsubscribe(owner, -1);
        assertThat(client.received(other)).containsExactly(1L, 2L);
    }

    @Test
    void shouldBrowseWhatASelectorMatches() {
        producer.send(ORDERS, "colour=blue");
        producer.send(ORDERS, "colour=red");
        ConsumerId browser = client.nextConsumer();
        client.subscribe(new ConsumerSpec(browser, ORDERS, 10, 0, true, false, false, "colour = 'red'"));
        assertThat(client.received(browser)).containsExactly(2L);
        assertThat(client.nothings).containsExactly(browser);
    }

    @Test
    void shouldLookThroughALongQueueForABrowserInManyCycles() {
        int messages = 20_000;
        sendNumbered(messages, messages);
        ConsumerId browser = client.nextConsumer();
        String last = "n >= " + (messages - 2);
        client.port().subscribe(new ConsumerSpec(browser, ORDERS, 10, 0, true, false, false, last), Receipt.NONE);
        int most = 0;
        for (int cycles = 0; cycles < messages && client.nothings.isEmpty(); cycles++) {
            int before = bench.decodings();
            bench.turn();
            most = Math.max(most, bench.decodings() - before);
        }
        assertThat(client.received(browser)).containsExactly(messages - 1L, (long) messages);
        assertThat(client.nothings).containsExactly(browser);
        assertThat(most).isLessThanOrEqualTo(2 * 256); // when it comes, and once more in the same cycle
    }

    /** A pull that finds nothing near is answered later, by the browser itself. */
    @Test
    void shouldAnswerAPullOfABrowserWhenItHasLooked() {
        sendNumbered(2_000, 1_000);
        ConsumerId browser = client.nextConsumer();
        client.subscribe(new ConsumerSpec(browser, ORDERS, 0, 0, true, false, false, "n = 999"));
        for (long found : new long[] {1_000, 2_000}) {
            client.port().pull(browser, -1);
            bench.run();
            assertThat(client.received(browser)).endsWith(found);
            assertThat(client.nothings).isEmpty();
        }
        client.port().pull(browser, -1);
        bench.run();
        assertThat(client.received(browser)).containsExactly(1_000L, 2_000L);
        assertThat(client.nothings).containsExactly(browser);
    }

    /** Others have taken what it remembers. */
    @Test
    void shouldRememberNothingThatIsGone() {
        ConsumerId selecting = client.select(ORDERS, 1, "colour = 'blue'");
        producer.send(ORDERS, "colour=blue");
        List<WeakReference<Message>> gone = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            producer.send(ORDERS, "colour=blue");
        }
        ConsumerId taking = client.select(ORDERS, 10, "colour IS NOT NULL");
        assertThat(client.received(selecting)).hasSize(1);
        for (Delivery delivery : client.deliveries.subList(1, 4)) {
            gone.add(new WeakReference<>(delivery.message()));
            client.ack(AckType.STANDARD, taking, delivery);
        }
        client.deliveries.clear();
        for (int i = 0; i < 100 && gone.stream().anyMatch(message -> message.get() != null); i++) {
            System.gc();
        }
        assertThat(gone).allMatch(message -> message.get() == null);
    }

    @Test
    void shouldSelectByTheDeliveriesThatCount() {
        ConsumerId any = client.consume(ORDERS, 10);
        producer.send(ORDERS, "");
        ConsumerId fresh = client.select(ORDERS, 10, "NOT JMSRedelivered");
        ConsumerId again = client.select(ORDERS, 10, "JMSXDeliveryCount = 2");
        client.unsubscribe(any, 1);
        assertThat(client.received(fresh)).isEmpty();
        assertThat(client.received(again)).containsExactly(1L);
    }

    /** It was known to match before somebody else had it. */
    @Test
    void shouldForgetThatAMessageMatchedWhenItsDeliveriesCount() {
        ConsumerId fresh = client.select(ORDERS, 1, "JMSXDeliveryCount = 1");
        producer.send(ORDERS, 3);
        ConsumerId any = client.consume(ORDERS, 1);
        assertThat(client.received(any)).containsExactly(2L);
        client.unsubscribe(any, 2);
        client.ack(AckType.STANDARD, fresh, deliveryTo(fresh, 0));
        assertThat(client.received(fresh)).containsExactly(1L, 3L);
        assertThat(client.received(client.consume(ORDERS, 10))).containsExactly(2L);
    }

    @Test
    void shouldBuryWhatNoSelectorCanBeTriedOn() {
        ConsumerId blue = client.select(ORDERS, 10, "colour = 'blue'");
        producer.send(ORDERS, "?");
        producer.send(ORDERS, "colour=blue");
        assertThat(client.received(blue)).containsExactly(2L);
        Delivery dead = deliveryTo(client.consume(DEAD, 10), 0);
        assertThat(dead.message().annotations().get(Message.FAILURE_CAUSE).toString())
                .contains("cannot be read");
    }

    @Test
    void shouldBuryItAlsoWhenItIsFoundLater() {
        producer.send(ORDERS, "?");
        producer.send(ORDERS, "colour=blue");
        ConsumerId none = client.select(ORDERS, 10, "colour IS NULL OR colour = 'blue'");
        assertThat(client.received(none)).containsExactly(2L);
        assertThat(client.received(client.consume(DEAD, 10))).hasSize(1);
    }

    @Test
    void shouldKeepItForWhoeverDoesNotAsk() {
        ConsumerId all = client.consume(ORDERS, 1);
        ConsumerId any = client.select(ORDERS, 10, "JMSPriority >= 0");
        ConsumerId blue = client.select(ORDERS, 10, "colour = 'blue'");
        for (int i = 0; i < 3; i++) {
            producer.send(ORDERS, "?");
        }
        assertThat(client.received(blue)).isEmpty();
        assertThat(client.deliveries).hasSize(3);
        assertThat(client.received(all).size() + client.received(any).size()).isEqualTo(3);
    }

    /** It has not come to the message yet, but would take it. */
    @Test
    void shouldKeepItForWhoeverHasNotLookedYet() {
        ConsumerId pulling = client.select(ORDERS, 0, "JMSPriority >= 0");
        ConsumerId blue = client.select(ORDERS, 10, "colour = 'blue'");
        producer.send(ORDERS, "?");
        client.port().pull(pulling, 0);
        bench.run();
        assertThat(client.received(pulling)).containsExactly(1L);
        assertThat(client.received(blue)).isEmpty();
    }

    /** Else it would come back for ever. */
    @Test
    void shouldLeaveItInTheDeadLetterQueue() {
        producer.send(DEAD, "?");
        assertThat(client.received(client.select(DEAD, 10, "colour = 'blue'"))).isEmpty();
        assertThat(client.received(client.consume(DEAD, 10))).containsExactly(1L);
    }
}
