import java.io.File;
import java.util.concurrent.CountDownLatch;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.broker.TransportConnector;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;

/** ActiveMQ Classic as it comes: KahaDB with its defaults (sync on every send), no JMX. Argument: the data directory. */
public final class ClassicPeer {
    /** As in the activemq.xml that it ships: without it, messages may fill the heap. */
    private static final int HEAP_PERCENT = 70;

    private ClassicPeer() {}

    public static void main(String[] args) throws Exception {
        KahaDBPersistenceAdapter store = new KahaDBPersistenceAdapter();
        store.setDirectory(new File(args[0], "kahadb"));
        BrokerService broker = new BrokerService();
        broker.setBrokerName("classic");
        broker.setDataDirectory(args[0]);
        broker.setPersistent(true);
        broker.setPersistenceAdapter(store);
        broker.getSystemUsage().getMemoryUsage().setPercentOfJvmHeap(HEAP_PERCENT);
        broker.setUseJmx(false);
        broker.setUseShutdownHook(true);
        TransportConnector connector = broker.addConnector("tcp://127.0.0.1:0");
        broker.start();
        broker.waitUntilStarted();
        System.out.println("Classic ready: tcp://127.0.0.1:" + connector.getConnectUri().getPort());
        new CountDownLatch(1).await();
    }
}
