package io.ferrymq.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.ferrymq.Broker;
import io.ferrymq.junit.EmbeddedBroker.Inject;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs other test classes and looks at what they leave. */
class LifeCycleTest {
    private static final List<URI> SEEN = new ArrayList<>();

    private static EngineExecutionResults run(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .execute();
    }

    private static String failure(Class<?> testClass) {
        Event failed = run(testClass).testEvents().failed().stream().findFirst().orElseThrow();
        return failed.getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow()
                .getMessage();
    }

    @Test
    void shouldStopWhatItStarted() {
        SEEN.clear();
        run(OnClass.class).testEvents().assertStatistics(events -> events.succeeded(2));
        run(OnMethods.class).testEvents().assertStatistics(events -> events.succeeded(2));

        assertThat(SEEN).hasSize(4);
        assertThat(SEEN.get(0)).isEqualTo(SEEN.get(1));
        assertThat(SEEN.get(2)).isNotEqualTo(SEEN.get(3));
        for (URI uri : SEEN) {
            assertThatThrownBy(() -> new Socket(uri.getHost(), uri.getPort()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(failure(TooEarly.class)).contains("there is no broker yet").contains("put that on the class");
        assertThat(failure(WrongField.class)).contains("is no Broker, URI or ConnectionFactory");
    }

    @EmbeddedBroker
    static class OnClass {
        @Test
        void one(URI uri) {
            SEEN.add(uri);
        }

        @Test
        void other(URI uri) {
            SEEN.add(uri);
        }
    }

    static class OnMethods {
        @Test
        @EmbeddedBroker
        void one(URI uri) {
            SEEN.add(uri);
        }

        @Test
        @EmbeddedBroker
        void other(URI uri) {
            SEEN.add(uri);
        }
    }

    static class TooEarly {
        TooEarly(Broker broker) {
            SEEN.add(broker.uri());
        }

        @Test
        @EmbeddedBroker
        void never() {
            SEEN.clear();
        }
    }

    @EmbeddedBroker
    static class WrongField {
        @Inject
        private String text;

        @Test
        void never() {
            SEEN.add(URI.create(text));
        }
    }
}
