package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

class LogSetupTest {
    private static final String NAMES_A_FILE = "logback.configurationFile";

    private final LoggerContext logs = new LoggerContext();

    @Test
    void shouldBeFoundByLogback() {
        assertThat(ServiceLoader.load(Configurator.class).stream().map(ServiceLoader.Provider::type))
                .containsExactly(LogSetup.class);
    }

    @Test
    void shouldLogWhatAnOperatorCanActOn() {
        assertThat(new LogSetup().configure(logs)).isEqualTo(Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);

        Appender<ILoggingEvent> stderr = logs.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
        assertThat(stderr.isStarted()).isTrue();
        assertThat(logs.getLogger("io.ferrymq.Broker").isInfoEnabled()).isTrue();
        assertThat(logs.getLogger("io.ferrymq.Broker").isDebugEnabled()).isFalse();
        assertThat(logs.getLogger("net.openhft.chronicle").isWarnEnabled()).isFalse();
        assertThat(logs.getLogger("org.apache.activemq.transport").isErrorEnabled())
                .isTrue();
    }

    @Test
    void shouldLeaveItToTheFileThatAnOperatorNames(@TempDir Path directory) throws IOException, JoranException {
        Path file = Files.writeString(
                directory.resolve("mine.xml"), "<configuration><root level=\"ERROR\"/></configuration>");
        System.setProperty(NAMES_A_FILE, file.toString());
        try {
            new ContextInitializer(logs).autoConfig();
        } finally {
            System.clearProperty(NAMES_A_FILE);
        }
        ch.qos.logback.classic.Logger root = logs.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(root.getLevel()).isEqualTo(Level.ERROR);
        assertThat(root.iteratorForAppenders()).isExhausted();
    }
}
