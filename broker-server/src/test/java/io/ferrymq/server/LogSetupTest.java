package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LogSetupTest {
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
}
