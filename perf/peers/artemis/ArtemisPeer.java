import java.io.File;
import java.util.concurrent.CountDownLatch;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** Artemis as it comes: journal with its defaults (sync, libaio where it loads), security off. Argument: the data directory. */
public final class ArtemisPeer {
    private ArtemisPeer() {}

    public static void main(String[] args) throws Exception {
        Configuration configuration = new ConfigurationImpl()
                .setName("artemis")
                .setPersistenceEnabled(true)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .setJournalDirectory(new File(args[0], "journal").getPath())
                .setBindingsDirectory(new File(args[0], "bindings").getPath())
                .setPagingDirectory(new File(args[0], "paging").getPath())
                .setLargeMessagesDirectory(new File(args[0], "large").getPath());
        configuration.addAcceptorConfiguration("openwire", "tcp://127.0.0.1:0?protocols=OPENWIRE");
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ().setConfiguration(configuration).start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker)));
        int port = broker.getActiveMQServer()
                .getRemotingService()
                .getAcceptor("openwire")
                .getActualPort();
        System.err.println("journal type: " + configuration.getJournalType());
        System.out.println("Artemis ready: tcp://127.0.0.1:" + port);
        new CountDownLatch(1).await();
    }

    private static void stop(EmbeddedActiveMQ broker) {
        try {
            broker.stop();
        } catch (Exception e) {
            System.err.println("stop: " + e);
        }
    }
}
