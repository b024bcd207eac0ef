package io.ferrymq.client.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.Broker;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.command.BrokerInfo;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ExceptionResponse;
import org.apache.activemq.command.Response;
import org.apache.activemq.transport.DefaultTransportListener;
import org.apache.activemq.transport.Transport;
import org.apache.activemq.transport.TransportFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Through the client's own lookup and without JMS, so that it runs with any client: {@code -Dactivemq.version=5.15.16}.
 */
@Timeout(60)
class VmTransportTest {
    private final CompletableFuture<BrokerInfo> greeting = new CompletableFuture<>();
    private final CompletableFuture<IOException> broken = new CompletableFuture<>();

    private Transport connect(String url) {
        try {
            Transport transport = TransportFactory.connect(new URI(url));
            transport.setTransportListener(new DefaultTransportListener() {
                @Override
                public void onCommand(Object command) {
                    if (command instanceof BrokerInfo info) {
                        greeting.complete(info);
                    }
                }

                @Override
                public void onException(IOException error) {
                    broken.complete(error);
                }
            });
            transport.start();
            return transport;
        } catch (Exception e) { // that is what the client declares
            throw new IllegalStateException(e);
        }
    }

    private static void stop(Transport transport) {
        try {
            transport.stop();
        } catch (Exception e) { // that is what the client declares
            throw new IllegalStateException(e);
        }
    }

    private static ConnectionInfo introduction() {
        ConnectionInfo info = new ConnectionInfo(new ConnectionId("connection"));
        info.setClientId("client");
        return info;
    }

    @Test
    void shouldTalkToABrokerThatItStarts() throws IOException {
        Transport transport = connect("vm://talk?broker.persistent=false");

        Object answer = transport.request(introduction(), 20_000);

        assertThat(answer).isInstanceOf(Response.class).isNotInstanceOf(ExceptionResponse.class);
        assertThat(greeting.join().getBrokerName()).isEqualTo("talk");
        assertThat(greeting.join().getBrokerURL()).isEqualTo("vm://talk");
        stop(transport);
        assertThat(VmBrokers.JVM.find("talk")).isEmpty();
        assertThat(broken).isNotDone();
        assertThatThrownBy(() -> transport.oneway(introduction())).isInstanceOf(IOException.class);
    }

    @Test
    void shouldHearThatTheBrokerStops() throws Exception {
        Transport transport;
        try (Broker broker = Broker.builder().name("stops").start()) {
            transport = connect("vm://stops");
            transport.request(introduction(), 20_000);
            assertThat(broker.admin().connections()).isEqualTo(1);
        }

        assertThat(broken.get(20, TimeUnit.SECONDS)).hasMessageContaining("vm://stops#1");
        assertThatThrownBy(() -> transport.oneway(introduction()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("vm://stops#1");
        stop(transport);
    }

    @Test
    void shouldTakeTheBrokerThatIsThereForLocalhost() {
        try (Broker broker = Broker.builder().name("here").start()) {
            Transport transport = connect("vm://localhost?broker.persistent=false");
            assertThat(greeting.join().getBrokerName()).isEqualTo("here");
            assertThat(broker.uris()).isEmpty();
            stop(transport);
        }
    }

    @Test
    void shouldStartABrokerForLocalhostWhereThereIsNone() {
        Transport transport = connect("vm://localhost?broker.persistent=false");
        assertThat(greeting.join().getBrokerName()).isEqualTo("localhost");
        stop(transport);
    }

    @Test
    void shouldKeepABrokerWhileAnybodyIsThereWhoSaidLocalhost() throws IOException {
        Transport first = connect("vm://kept?broker.persistent=false");
        greeting.join();
        Transport second = connect("vm://localhost");
        stop(first);

        assertThat(second.request(introduction(), 20_000)).isNotInstanceOf(ExceptionResponse.class);
        stop(second);
        assertThat(VmBrokers.JVM.find("kept")).isEmpty();
    }

    @Test
    void shouldRefuseToBind() {
        assertThatThrownBy(() -> TransportFactory.bind(new URI("vm://x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can be reached by its name");
    }

    @Test
    void shouldRefuseOtherFormatsThanOpenWire() {
        assertThatThrownBy(() -> connect("vm://x?wireFormat=none")).hasRootCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> connect("vm://x?create=false"))
                .hasRootCauseMessage("Broker named 'x' does not exist.");
    }
}
