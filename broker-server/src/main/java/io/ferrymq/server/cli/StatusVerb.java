package io.ferrymq.server.cli;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.activemq.ActiveMQConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ferrymq status}. */
@Command(
        name = "status",
        description = {
            "Tell whether a broker answers: connect, send a message through a temporary queue, measure it.",
            "FerryMQ also tells how its store syncs and how its journal is."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ferrymq status",
            "  ferrymq status --url tcp://broker.example.org:61616 --timeout 2s",
            "  ferrymq status --metrics > /var/lib/node_exporter/ferrymq.prom"
        })
final class StatusVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final WireOptions wire = new WireOptions();

    @Option(
            names = "--metrics",
            description = "Print numbers only, in the text format of Prometheus: for whoever collects them.")
    private boolean metrics;

    @Override
    public Integer call() {
        Greeting greeting = new Greeting();
        return wire.onConnection(wire.factory(), greeting, connection -> report(connection, greeting));
    }

    private int report(ActiveMQConnection connection, Greeting greeting) throws JMSException {
        double roundTripMs = roundTripNs(connection) / 1e6;
        Optional<StoreStatus> store =
                StoreStatus.ask(connection, (int) wire.timeout().toMillis());
        PrintWriter out = spec.commandLine().getOut();
        if (metrics) {
            new StatusMetrics(roundTripMs, store).lines().forEach(out::println);
        } else {
            print(connection, greeting, roundTripMs, store, out);
        }
        out.flush();
        return ExitCode.OK;
    }

    private void print(
            ActiveMQConnection connection,
            Greeting greeting,
            double roundTripMs,
            Optional<StoreStatus> store,
            PrintWriter out) {
        out.println("broker      " + greeting.brokerName() + " (" + greeting.brokerId() + ")");
        out.println("address     " + wire.url());
        out.println("version     " + greeting.product() + ", OpenWire " + connection.getProtocolVersion());
        store.ifPresent(told -> told.lines().forEach(out::println));
        out.println(String.format(Locale.ROOT, "round trip  %.1f ms", roundTripMs));
        out.println("ok");
    }

    private long roundTripNs(ActiveMQConnection connection) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            TemporaryQueue queue = session.createTemporaryQueue();
            try (MessageConsumer consumer = session.createConsumer(queue);
                    MessageProducer producer = session.createProducer(queue)) {
                producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
                long startNs = System.nanoTime();
                producer.send(session.createTextMessage("status"));
                if (consumer.receive(wire.timeout().toMillis()) == null) {
                    throw new CommandFailure(
                            ExitCode.FAILED,
                            wire.url() + ": connected, but a message sent did not come back within "
                                    + wire.timeout().toMillis() + " ms");
                }
                return System.nanoTime() - startNs;
            }
        }
    }
}
