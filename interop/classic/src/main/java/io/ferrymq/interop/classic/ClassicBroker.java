package io.ferrymq.interop.classic;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.broker.region.DestinationInterceptor;
import org.apache.activemq.broker.region.policy.AbortSlowAckConsumerStrategy;
import org.apache.activemq.broker.region.policy.ConstantPendingMessageLimitStrategy;
import org.apache.activemq.broker.region.policy.FixedCountSubscriptionRecoveryPolicy;
import org.apache.activemq.broker.region.policy.FixedSizedSubscriptionRecoveryPolicy;
import org.apache.activemq.broker.region.policy.IndividualDeadLetterStrategy;
import org.apache.activemq.broker.region.policy.LastImageSubscriptionRecoveryPolicy;
import org.apache.activemq.broker.region.policy.MessageEvictionStrategy;
import org.apache.activemq.broker.region.policy.OldestMessageEvictionStrategy;
import org.apache.activemq.broker.region.policy.OldestMessageWithLowestPriorityEvictionStrategy;
import org.apache.activemq.broker.region.policy.PrefetchRatePendingMessageLimitStrategy;
import org.apache.activemq.broker.region.policy.SubscriptionRecoveryPolicy;
import org.apache.activemq.broker.region.policy.TimedSubscriptionRecoveryPolicy;
import org.apache.activemq.broker.region.policy.UniquePropertyMessageEvictionStrategy;
import org.apache.activemq.broker.region.policy.PolicyEntry;
import org.apache.activemq.broker.region.policy.PolicyMap;
import org.apache.activemq.broker.region.policy.VMPendingQueueMessageStoragePolicy;
import org.apache.activemq.broker.region.virtual.CompositeQueue;
import org.apache.activemq.broker.region.virtual.CompositeTopic;
import org.apache.activemq.broker.region.virtual.FilteredDestination;
import org.apache.activemq.broker.region.virtual.VirtualDestination;
import org.apache.activemq.broker.region.virtual.VirtualDestinationInterceptor;
import org.apache.activemq.broker.region.virtual.VirtualTopic;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;

/**
 * ActiveMQ Classic with its own defaults, on {@code --port P --data DIR}; with {@code --offline-ms T} it removes durable subscriptions that nobody has
 * used for so long. Says {@code Classic ready: URI} when it accepts connections and stops cleanly
 * when its input ends or on SIGTERM.
 */
public final class ClassicBroker {
    private ClassicBroker() {}

    /** Runs until stopped. */
    public static void main(String[] args) throws Exception {
        BrokerService broker = broker(required(args, "--port"), new File(required(args, "--data")));
        option(args, "--offline-ms").ifPresent(time -> forgetSubscriptions(broker, Long.parseLong(time)));
        broker.start();
        broker.waitUntilStarted();
        System.out.println(
                "Classic ready: " + broker.getTransportConnectors().get(0).getPublishableConnectString());
        awaitEndOfInput();
        broker.stop();
        broker.waitUntilStopped();
        System.exit(0);
    }

    private static BrokerService broker(String port, File data) throws Exception {
        BrokerService broker = new BrokerService();
        broker.setBrokerName("interop"); // as FerryMQ is named in the scenarios: some refusals tell it
        broker.setUseJmx(false);
        broker.setDataDirectoryFile(data);
        KahaDBPersistenceAdapter store = new KahaDBPersistenceAdapter();
        store.setDirectory(new File(data, "kahadb"));
        broker.setPersistenceAdapter(store);
        broker.setDestinationPolicy(policies());
        broker.setDestinationInterceptors(new DestinationInterceptor[] {virtualDestinations()});
        broker.setSchedulerSupport(true);
        broker.setSchedulerDirectoryFile(new File(data, "scheduler"));
        broker.addConnector("tcp://127.0.0.1:" + port + "?wireFormat.maxFrameSize=" + (10 << 20)); // as shipped
        return broker;
    }

    private static void forgetSubscriptions(BrokerService broker, long offlineMs) {
        broker.setOfflineDurableSubscriberTimeout(offlineMs);
        broker.setOfflineDurableSubscriberTaskSchedule(offlineMs / 2);
    }

    /** What single scenarios need other than Classic's defaults goes by the names of their destinations, so that the others see the defaults. */
    private static PolicyMap policies() {
        FixedCountSubscriptionRecoveryPolicy fixedCount = new FixedCountSubscriptionRecoveryPolicy();
        fixedCount.setMaximumSize(10);
        FixedSizedSubscriptionRecoveryPolicy fixedSized = new FixedSizedSubscriptionRecoveryPolicy();
        fixedSized.setMaximumSize(64 * 1024);
        TimedSubscriptionRecoveryPolicy timed = new TimedSubscriptionRecoveryPolicy();
        timed.setRecoverDuration(60_000);
        PolicyMap policies = new PolicyMap();
        policies.setPolicyEntries(List.of(
                rememberRedelivery(),
                recovering("fixedcount.>", fixedCount),
                recovering("fixedsized.>", fixedSized),
                recovering("timed.>", timed),
                recovering("lastimage.>", new LastImageSubscriptionRecoveryPolicy()),
                limited(),
                evicting("limited.lowest.>", new OldestMessageWithLowestPriorityEvictionStrategy()),
                evicting("limited.unique.>", uniqueSymbol()),
                limitedByRate(),
                prioritized(),
                few(new ActiveMQQueue("few.>")),
                few(new ActiveMQTopic("few.>")),
                heard(new ActiveMQQueue("heard.>")),
                heard(new ActiveMQTopic("heard.>")),
                lettered(),
                fetching("fetching.none.>", 0),
                fetching("fetching.one.>", 1),
                gated("gated.three.>", 3, 0),
                gated("gated.three.timed.>", 3, 300),
                gated("gated.five.>", 5, 0),
                gated("gated.five.timed.>", 5, 300),
                gated("gated.timed.>", 0, 300),
                advised(new ActiveMQQueue("advised.>")),
                advised(new ActiveMQTopic("advised.>")),
                advised(new ActiveMQTempQueue(">")),
                advisedAndSmall(new ActiveMQQueue("advised.small.>")),
                advisedAndSmall(new ActiveMQTopic("advised.small.>"))));
        return policies;
    }

    /**
     * By default Classic forgets over a restart that a message was delivered. It can be told to remember, but then it counts deliveries twice and takes
     * browsing for a delivery; so only the queues that scenarios about restarts use are told.
     */
    private static PolicyEntry rememberRedelivery() {
        PolicyEntry queues = new PolicyEntry();
        queues.setQueue("remember.>");
        queues.setPersistJMSRedelivered(true);
        return queues;
    }

    /** By default Classic keeps the order of sending whatever the priority. */
    private static PolicyEntry prioritized() {
        PolicyEntry queues = new PolicyEntry();
        queues.setQueue("prioritized.>");
        queues.setPrioritizedMessages(true);
        return queues;
    }

    /** Two destinations and no more. */
    private static PolicyEntry few(ActiveMQDestination names) {
        PolicyEntry entry = new PolicyEntry();
        entry.setDestination(names);
        entry.setMaxDestinations(2);
        return entry;
    }

    /** Who holds messages and acknowledges none for three seconds is ended. */
    private static PolicyEntry heard(ActiveMQDestination names) {
        AbortSlowAckConsumerStrategy silent = new AbortSlowAckConsumerStrategy();
        silent.setMaxTimeSinceLastAck(3_000);
        silent.setCheckPeriod(500);
        silent.setMaxSlowDuration(500);
        PolicyEntry entry = new PolicyEntry();
        entry.setDestination(names);
        entry.setSlowConsumerStrategy(silent);
        return entry;
    }

    /** A dead letter queue for each durable subscription. */
    private static PolicyEntry lettered() {
        IndividualDeadLetterStrategy each = new IndividualDeadLetterStrategy();
        each.setQueuePrefix("Letters.Queue.");
        each.setTopicPrefix("Letters.Topic.");
        each.setDestinationPerDurableSubscriber(true);
        PolicyEntry entry = new PolicyEntry();
        entry.setTopic("lettered.>");
        entry.setDeadLetterStrategy(each);
        return entry;
    }

    /** A subscriber that does not read keeps its prefetch and three messages more. */
    private static PolicyEntry evicting(String topics, MessageEvictionStrategy eviction) {
        ConstantPendingMessageLimitStrategy limit = new ConstantPendingMessageLimitStrategy();
        limit.setLimit(3);
        PolicyEntry entry = new PolicyEntry();
        entry.setTopic(topics);
        entry.setPendingMessageLimitStrategy(limit);
        entry.setMessageEvictionStrategy(eviction);
        return entry;
    }

    private static MessageEvictionStrategy uniqueSymbol() {
        UniquePropertyMessageEvictionStrategy unique = new UniquePropertyMessageEvictionStrategy();
        unique.setPropertyName("symbol");
        return unique;
    }

    private static PolicyEntry limitedByRate() {
        PrefetchRatePendingMessageLimitStrategy rate = new PrefetchRatePendingMessageLimitStrategy();
        rate.setMultiplier(2.5);
        PolicyEntry entry = new PolicyEntry();
        entry.setTopic("limited.rate.>");
        entry.setPendingMessageLimitStrategy(rate);
        return entry;
    }

    /** What waits is given to nobody until so many consumers are there, or so long. */
    private static PolicyEntry gated(String queues, int consumers, int timeMs) {
        PolicyEntry entry = new PolicyEntry();
        entry.setQueue(queues);
        entry.setConsumersBeforeDispatchStarts(consumers);
        entry.setTimeBeforeDispatchStarts(timeMs);
        return entry;
    }

    private static PolicyEntry fetching(String queues, int prefetch) {
        PolicyEntry entry = new PolicyEntry();
        entry.setQueue(queues);
        entry.setQueuePrefetch(prefetch);
        return entry;
    }

    /** Every advisory that is off by default. */
    private static PolicyEntry advised(ActiveMQDestination names) {
        PolicyEntry entry = new PolicyEntry();
        entry.setDestination(names);
        entry.setAdvisoryForConsumed(true);
        entry.setAdvisoryForDelivery(true);
        entry.setAdvisoryForDispatched(true);
        entry.setAdvisoryForDiscardingMessages(true);
        entry.setAdvisoryForFastProducers(true);
        entry.setAdvisoryForSlowConsumers(true);
        entry.setAdvisoryWhenFull(true);
        entry.setSendAdvisoryIfNoConsumers(true);
        return entry;
    }

    /** With so little room that a few messages fill a destination, and a topic drops what a slow consumer leaves. */
    private static PolicyEntry advisedAndSmall(ActiveMQDestination names) {
        PolicyEntry entry = advised(names);
        entry.setMemoryLimit(64 * 1024);
        ConstantPendingMessageLimitStrategy pending = new ConstantPendingMessageLimitStrategy();
        pending.setLimit(5);
        entry.setPendingMessageLimitStrategy(pending);
        entry.setPendingQueuePolicy(new VMPendingQueueMessageStoragePolicy()); // else the disk takes what memory cannot
        return entry;
    }

    /** What a retroactive subscriber gets of the past. */
    private static PolicyEntry recovering(String topics, SubscriptionRecoveryPolicy recovery) {
        PolicyEntry entry = new PolicyEntry();
        entry.setTopic(topics);
        entry.setSubscriptionRecoveryPolicy(recovery);
        return entry;
    }

    /** A subscriber that does not read keeps its prefetch and ten messages more. */
    private static PolicyEntry limited() {
        ConstantPendingMessageLimitStrategy limit = new ConstantPendingMessageLimitStrategy();
        limit.setLimit(10);
        PolicyEntry topics = new PolicyEntry();
        topics.setTopic("limited.>");
        topics.setPendingMessageLimitStrategy(limit);
        topics.setMessageEvictionStrategy(new OldestMessageEvictionStrategy());
        return topics;
    }

    /** They take the place of Classic's own virtual topics, which are therefore among them. */
    private static VirtualDestinationInterceptor virtualDestinations() throws Exception {
        VirtualTopic own = new VirtualTopic();
        own.setName("VirtualTopic.>");
        VirtualTopic events = new VirtualTopic();
        events.setName("events.>");
        events.setPrefix("group.*.");
        events.setPostfix(".in");
        CompositeTopic topic = new CompositeTopic();
        topic.setName("forwarding.topic");
        topic.setForwardTo(List.of(new ActiveMQQueue("forwarding.topic.a"), new ActiveMQTopic("forwarding.topic.b")));
        CompositeQueue choosing = forwarding("choosing", selecting("chosen", "weight > 5"));
        choosing.setSendWhenNotMatched(true);
        VirtualDestinationInterceptor interceptor = new VirtualDestinationInterceptor();
        interceptor.setVirtualDestinations(new VirtualDestination[] {
            own,
            events,
            forwarding("queue", new ActiveMQQueue("forwarding.queue.a"), new ActiveMQTopic("forwarding.queue.b")),
            topic,
            keeping(forwarding("kept.>", new ActiveMQQueue("forwarding.copies"))),
            choosing,
            forwarding("selecting", selecting("red", "colour = 'red'"), selecting("heavy", "weight > 5")),
            forwarding("first", new ActiveMQQueue("forwarding.second")),
            keeping(forwarding("second", new ActiveMQQueue("forwarding.third"))),
            forwarding("twice", new ActiveMQQueue("forwarding.second"), new ActiveMQQueue("forwarding.third")),
            forwarding("loop", new ActiveMQQueue("forwarding.back")),
            forwarding("back", new ActiveMQQueue("forwarding.loop")),
            forwarding("published", new ActiveMQTopic("VirtualTopic.forwarded")),
            named("Consumer.F.VirtualTopic.forwarded", new ActiveMQQueue("forwarding.consumed"))
        });
        return interceptor;
    }

    private static CompositeQueue forwarding(String queue, Object... targets) {
        return named("forwarding." + queue, targets);
    }

    private static CompositeQueue named(String queue, Object... targets) {
        CompositeQueue composite = new CompositeQueue();
        composite.setName(queue);
        composite.setForwardTo(List.of(targets));
        return composite;
    }

    private static CompositeQueue keeping(CompositeQueue composite) {
        composite.setForwardOnly(false);
        return composite;
    }

    private static FilteredDestination selecting(String queue, String selector) throws Exception {
        FilteredDestination filtered = new FilteredDestination();
        filtered.setQueue("forwarding." + queue);
        filtered.setSelector(selector);
        return filtered;
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            continue;
        }
    }

    private static Optional<String> option(String[] args, String name) {
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals(name)) {
                return Optional.of(args[i + 1]);
            }
        }
        return Optional.empty();
    }

    private static String required(String[] args, String name) {
        return option(args, name).orElseThrow(() -> new IllegalArgumentException("missing " + name));
    }
}
