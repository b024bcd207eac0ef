package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogLineTest {
    private static final OffsetDateTime THEN = OffsetDateTime.parse("2026-11-27T07:47:35.271Z");

    private final LoggerContext logs = new LoggerContext();
    private final LogLine line = new LogLine();

    @BeforeEach
    void start() {
        line.setContext(logs);
        line.start();
    }

    private String line(String logger, Level level, @Nullable Throwable thrown) {
        LoggingEvent event =
                new LoggingEvent("", logs.getLogger(logger), level, "took {} ms", thrown, new Object[] {7});
        event.setThreadName("main");
        event.setTimeStamp(THEN.toInstant().toEpochMilli());
        return line.doLayout(event);
    }

    @Test
    void shouldTellWhenWhoAndWhat() {
        String text = line("io.ferrymq.Broker", Level.INFO, null);

        assertThat(OffsetDateTime.parse(text.substring(0, text.indexOf(' '))).toInstant())
                .isEqualTo(THEN.toInstant());
        assertThat(text).endsWith(" INFO  [main] Broker - took 7 ms" + System.lineSeparator());
        assertThat(line("short", Level.ERROR, null)).contains(" ERROR [main] short - ");
    }

    @Test
    void shouldBeginAStackTraceWithItsRootCause() {
        IllegalStateException thrown = new IllegalStateException("outer", new IOException("disk gone"));

        String[] lines = line("io.ferrymq.Broker", Level.WARN, thrown).split(System.lineSeparator());

        assertThat(lines[0]).endsWith("took 7 ms");
        assertThat(lines[1]).isEqualTo("java.io.IOException: disk gone");
        assertThat(lines).anyMatch(text -> text.startsWith("Wrapped by: java.lang.IllegalStateException: outer"));
        assertThat(lines).anyMatch(text -> text.contains("LogLineTest.shouldBeginAStackTraceWithItsRootCause"));
    }
}
