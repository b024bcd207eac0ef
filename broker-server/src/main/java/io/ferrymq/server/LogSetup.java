package io.ferrymq.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import ch.qos.logback.core.util.OptionHelper;
import java.util.List;

/**
 * How the program logs, unless {@code -Dlogback.configurationFile} names a file that says it: to stderr. In Java, because reading the
 * same from XML was a quarter of what the main thread does until the broker is ready. Found by logback, called once.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_LOW_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** They talk a lot and have nothing an operator can act on; the last is the client behind produce, consume, browse, status. */
    private static final List<String> TALKATIVE = List.of("net.openhft", "software.chronicle", "org.apache.activemq");

    @Override
    public ExecutionStatus configure(LoggerContext logs) {
        if (OptionHelper.getSystemProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        // nothing of logback's own on the console unless it is in trouble
        logs.getStatusManager().add(new NopStatusListener());
        TALKATIVE.forEach(name -> logs.getLogger(name).setLevel(Level.ERROR));
        Logger root = logs.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(stderr(logs));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static ConsoleAppender<ILoggingEvent> stderr(LoggerContext logs) {
        LogLine line = new LogLine();
        line.setContext(logs);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(logs);
        encoder.setLayout(line);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(logs);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }
}
