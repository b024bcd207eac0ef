package io.ferrymq.server.cli;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.activemq.ActiveMQConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ferrymq produce}. */
@Command(
        name = "produce",
        description = "Send text messages to a queue or topic. Each persistent one is on disk before the next is sent.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ferrymq produce orders --text 'hello'",
            "  ferrymq produce orders --count 100000 --size 1KiB",
            "  ferrymq produce topic://news --count 10 --no-persistent"
        })
final class ProduceVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final WireOptions wire = new WireOptions();

    @Parameters(
            paramLabel = "DESTINATION",
            converter = Destination.Converter.class,
            description = "queue://NAME, topic://NAME, or NAME for a queue.")
    @SuppressWarnings("NullAway.Init")
    private Destination destination;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many. Default: ${DEFAULT-VALUE}.")
    private long count = 1;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            converter = QuantityConverters.OfBytes.class,
            description = "Fill the text up to so many characters, like 1KiB.")
    private Optional<Integer> size = Optional.empty();

    @Option(names = "--text", paramLabel = "TEXT", description = "The text. Default: 'message 1', 'message 2', ...")
    private Optional<String> text = Optional.empty();

    @Option(
            names = "--persistent",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether the messages survive the broker. Default: they do.")
    private boolean persistent = true;

    @Override
    public Integer call() {
        if (count < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--count: 1 or more, not " + count);
        }
        return wire.onConnection(wire.factory(), this::send);
    }

    private int send(ActiveMQConnection connection) throws JMSException {
        Progress progress = Progress.onStderr("sent", count, spec.commandLine().getErr());
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(destination.in(session))) {
            producer.setDeliveryMode(persistent ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
            for (long number = 1; number <= count; number++) {
                producer.send(session.createTextMessage(body(number)));
                progress.step();
            }
        } finally {
            progress.finish();
        }
        return ExitCode.OK;
    }

    String body(long number) {
        String body = text.orElse("message " + number);
        int missing = size.orElse(0) - body.length();
        return missing > 0 ? body + " ".repeat(Math.min(missing, 1)) + "x".repeat(missing - 1) : body;
    }

    boolean persistent() {
        return persistent;
    }
}
