package io.ferrymq.client.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig.Listener;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VmUrlTest {
    private static VmUrl parse(String url) throws URISyntaxException {
        return VmUrl.parse(new URI(url));
    }

    @ParameterizedTest
    @CsvSource({
        "vm://orders, orders",
        "vm://orders?broker.brokerName=other, orders",
        "vm://my_orders, my_orders",
        "vm://localhost, localhost",
        "vm:localhost, localhost",
        "vm:(broker:()), localhost",
        "vm:(broker:()?brokerName=orders), orders",
        "vm:(broker:()/orders?persistent=false), orders",
        "vm:broker:(tcp://localhost:0)?brokerName=orders&persistent=false, orders"
    })
    void shouldFindTheName(String url, String name) throws URISyntaxException {
        assertThat(parse(url).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm://x?broker.persistent=false",
                "vm:(broker:()?persistent=false)",
                "vm:broker:()?persistent=false",
                "vm://x?brokerConfig=broker:()%253Fpersistent%253Dfalse"
            })
    void shouldFindTheOptionsOfTheBroker(String url) throws URISyntaxException {
        VmUrl parsed = parse(url);

        assertThat(parsed.plan().persistent()).isFalse();
        assertThat(parsed.plan().withoutEffect()).isEmpty();
        assertThat(parsed.options()).isEmpty();
    }

    @Test
    void shouldBePersistentInThePlaceOfClassicUnlessTold() throws URISyntaxException {
        BrokerPlan plan = parse("vm://x").plan();
        assertThat(plan.persistent()).isTrue();
        assertThat(plan.dataDirectory()).isEqualTo(Path.of("activemq-data"));
        assertThat(parse("vm://x?broker.dataDirectory=/tmp/other").plan().dataDirectory())
                .isEqualTo(Path.of("/tmp/other"));
    }

    @Test
    void shouldLeaveToTheConnectionWhatIsForIt() throws URISyntaxException {
        VmUrl url = parse(
                "vm://x?create=false&waitForStart=1500&marshal=true&wireFormat.cacheEnabled=false&broker.useJmx=true");
        assertThat(url.create()).isFalse();
        assertThat(url.waitForStartMs()).isEqualTo(1500);
        assertThat(url.options())
                .containsOnlyKeys("marshal", "wireFormat.cacheEnabled")
                .containsEntry("marshal", "true");
        assertThat(url).hasToString("vm://x");
        VmUrl composite = parse("vm:(broker:()?useJmx=false)?marshal=false&create=false");
        assertThat(composite.create()).isFalse();
        assertThat(composite.options()).containsOnlyKeys("marshal");
    }

    @Test
    void shouldTellWhichOptionsOfClassicAreNotFollowed() throws URISyntaxException {
        BrokerPlan plan = parse("vm://x?broker.useJmx=true&broker.useShutdownHook=false&broker.schedulerSupport=false"
                        + "&broker.deleteAllMessagesOnStartup=true&broker.systemUsage.memoryUsage.limit=1000"
                        + "&broker.managementContext.createConnector=false&broker.keepDurableSubsActive=true"
                        + "&broker.useVirtualTopics=false")
                .plan();

        assertThat(plan.withoutEffect())
                .containsOnlyKeys("deleteAllMessagesOnStartup", "systemUsage.memoryUsage.limit", "useVirtualTopics");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm://x?broker.persistant=false",
                "vm:(broker:()?persistant=false)",
                "vm://x?broker.colour.depth=1",
                "vm://x?brokerConfig=xbean:activemq.xml",
                "vm://x?waitForStart=soon",
                "vm:(broker:(network:static:tcp://localhost:61616))"
            })
    void shouldRefuseWhatItDoesNotKnow(String url) {
        assertThatThrownBy(() -> parse(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSayWhatItDoesNotKnow() {
        assertThatThrownBy(() -> parse("vm://x?broker.persistant=false&broker.colour=red"))
                .hasMessageContaining("There are 2 Broker options that couldn't be set")
                .hasMessageContaining("{colour=red, persistant=false}");
    }

    @Test
    void shouldListenWhereAConnectorIs() throws URISyntaxException, IOException {
        BrokerPlan plan = parse("vm:(broker:(tcp://127.0.0.1:0?maximumConnections=10,vm://x)?persistent=false)")
                .plan();
        assertThat(plan.listeners()).containsExactly(new Listener("tcp", "127.0.0.1", 0));
        try (Broker broker = plan.start("listening");
                Socket socket = new Socket("127.0.0.1", broker.uri().getPort())) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @Test
    void shouldStayInMemoryWithoutAStore() throws URISyntaxException {
        try (Broker broker = parse("vm://x").plan().start("x")) {
            assertThat(broker.config().dataDirectory()).isEmpty();
        }
    }
}
