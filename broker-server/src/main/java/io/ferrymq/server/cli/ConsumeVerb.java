package io.ferrymq.server.cli;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ferrymq consume}. */
@Command(
        name = "consume",
        description = {
            "Receive messages and print their texts on stdout, one per line; a message is acknowledged when it has been printed.",
            "Ends after --count messages, or when none has come for --timeout."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ferrymq consume orders                     all there are",
            "  ferrymq consume orders --count 1000 --quiet",
            "  ferrymq consume topic://news --timeout 1h  what is published from now on"
        })
final class ConsumeVerb implements Callable<Integer> {
    private static final int MAX_PREFETCH = 1000;

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
            defaultValue = "0",
            description = "How many; fewer is exit code 1. Default: as many as come.")
    private long count;

    @Option(names = "--quiet", description = "Do not print the messages.")
    private boolean quiet;

    @Override
    public Integer call() {
        if (count < 0) {
            throw new CommandFailure(ExitCode.USAGE, "--count: 0 or more, not " + count);
        }
        ActiveMQConnectionFactory factory = wire.factory();
        // what is prefetched and not wanted goes back as redelivered, so do not take more than asked for
        factory.getPrefetchPolicy().setAll(count == 0 ? MAX_PREFETCH : (int) Math.min(count, MAX_PREFETCH));
        return wire.onConnection(factory, this::receive);
    }

    private int receive(ActiveMQConnection connection) throws JMSException {
        PrintWriter out = spec.commandLine().getOut();
        Progress progress =
                Progress.onStderr("received", count, spec.commandLine().getErr());
        try (Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(destination.in(session))) {
            while (count == 0 || progress.count() < count) {
                Message message = consumer.receive(wire.timeout().toMillis());
                if (message == null) {
                    break;
                }
                print(message, out);
                message.acknowledge();
                progress.step();
            }
        } finally {
            out.flush();
            progress.finish();
        }
        return outcome(progress.count());
    }

    private void print(Message message, PrintWriter out) throws JMSException {
        if (!quiet) {
            out.println(MessageText.body(message));
            out.flush();
        }
    }

    private int outcome(long received) {
        if (received < count) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "too few messages: destination=" + destination + ", received=" + received + ", asked=" + count);
        }
        return ExitCode.OK;
    }
}
