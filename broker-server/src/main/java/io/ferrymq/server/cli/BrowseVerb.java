package io.ferrymq.server.cli;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.io.PrintWriter;
import java.util.Enumeration;
import java.util.concurrent.Callable;
import org.apache.activemq.ActiveMQConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ferrymq browse}. */
@Command(
        name = "browse",
        description = "Show the messages of a queue, one per line, and leave them there.",
        sortOptions = false,
        footer = {"", "Examples:", "  ferrymq browse orders", "  ferrymq browse orders --count 10"})
final class BrowseVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final WireOptions wire = new WireOptions();

    @Parameters(
            paramLabel = "DESTINATION",
            converter = Destination.Converter.class,
            description = "queue://NAME, or NAME.")
    @SuppressWarnings("NullAway.Init")
    private Destination destination;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "100",
            description = "Show at most so many. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Override
    public Integer call() {
        if (destination.topic()) {
            throw new CommandFailure(ExitCode.USAGE, "only a queue can be browsed: destination=" + destination);
        }
        return wire.onConnection(wire.factory(), this::browse);
    }

    private int browse(ActiveMQConnection connection) throws JMSException {
        PrintWriter out = spec.commandLine().getOut();
        long shown = 0;
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser = session.createBrowser((Queue) destination.in(session))) {
            Enumeration<?> messages = browser.getEnumeration();
            while (shown < count && messages.hasMoreElements()) {
                out.println(MessageText.summary((Message) messages.nextElement()));
                shown++;
            }
        } finally {
            out.flush();
        }
        PrintWriter err = spec.commandLine().getErr();
        err.println("shown " + shown + (shown == 1 ? " message" : " messages"));
        err.flush();
        return ExitCode.OK;
    }
}
