package io.ferrymq.interop.classic;

import java.io.File;
import java.io.IOException;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.broker.region.policy.PolicyEntry;
import org.apache.activemq.broker.region.policy.PolicyMap;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;

/**
 * ActiveMQ Classic with its own defaults, on {@code --port P --data DIR}. Says {@code Classic ready: URI} when it accepts connections and stops cleanly
 * when its input ends or on SIGTERM.
 */
public final class ClassicBroker {
    private ClassicBroker() {}

    /** Runs until stopped. */
    public static void main(String[] args) throws Exception {
        BrokerService broker = broker(option(args, "--port"), new File(option(args, "--data")));
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
        broker.setBrokerName("classic");
        broker.setUseJmx(false);
        broker.setDataDirectoryFile(data);
        KahaDBPersistenceAdapter store = new KahaDBPersistenceAdapter();
        store.setDirectory(new File(data, "kahadb"));
        broker.setPersistenceAdapter(store);
        broker.setDestinationPolicy(rememberRedelivery());
        broker.addConnector("tcp://127.0.0.1:" + port);
        return broker;
    }

    /**
     * By default Classic forgets over a restart that a message was delivered. It can be told to remember, but then it counts deliveries twice and takes
     * browsing for a delivery; so only the queues that scenarios about restarts use are told.
     */
    private static PolicyMap rememberRedelivery() {
        PolicyEntry queues = new PolicyEntry();
        queues.setQueue("remember.>");
        queues.setPersistJMSRedelivered(true);
        PolicyMap policies = new PolicyMap();
        policies.put(queues.getDestination(), queues);
        return policies;
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            continue;
        }
    }

    private static String option(String[] args, String name) {
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals(name)) {
                return args[i + 1];
            }
        }
        throw new IllegalArgumentException("missing " + name);
    }
}
