package io.ferrymq.server.kept;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.admin.DestinationView;
import io.ferrymq.admin.PreparedTransactionView;
import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.OpenWireProvider;
import io.ferrymq.store.StoreInspection;
import io.ferrymq.store.StoreView;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data directories of older versions, opened by this one. A line is added with each release, and none is ever taken away. */
@Timeout(120)
class KeptStoreTest {
    @TempDir
    private Path data;

    @ParameterizedTest
    @CsvSource({"0.1.0, NIO", "0.1.0, CHRONICLE"})
    void shouldOpenTheDataOfAnOlderVersion(String version, StoreEngine engine) throws IOException, JMSException {
        unpack(version, engine);
        StoreView view =
                StoreInspection.of(data, new OpenWireProvider().properties()).view();
        assertThat(view.log().damages()).isEmpty();
        assertThat(view.log().lastStop()).isEqualTo("clean");
        assertThat(view.backlogs())
                .extracting(backlog -> backlog.name().qualified() + " " + backlog.messages())
                .containsExactlyInAnyOrder("queue://ORDERS 4", "queue://BINARY 1", "subscription://reader:red 1");

        try (Broker broker = KeptStore.broker(data, engine)) {
            assertThat(broker.admin().destinations())
                    .filteredOn(destination -> destination.name().isQueue())
                    .extracting(DestinationView::name)
                    .contains(DestinationName.queue("ORDERS"), DestinationName.queue("BINARY"));
            assertThat(broker.admin().schedules().list())
                    .singleElement()
                    .satisfies(later -> assertThat(later.destination()).isEqualTo(DestinationName.queue("LATER")));
            assertThat(broker.admin().preparedTransactions())
                    .singleElement()
                    .extracting(PreparedTransactionView::sends)
                    .isEqualTo(1);
            assertMessages(broker);
        }
    }

    private static void assertMessages(Broker broker) throws JMSException {
        try (Connection connection = new ActiveMQConnectionFactory(broker.uri()).createConnection()) {
            connection.setClientID(KeptStore.CLIENT);
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer orders = session.createConsumer(session.createQueue("ORDERS"));
            for (int number = 2; number <= 5; number++) {
                TextMessage order = (TextMessage) orders.receive(10_000);
                assertThat(order.getText()).isEqualTo("order " + number + " über € 𝄞");
                assertThat(order.getIntProperty("number")).isEqualTo(number);
                assertThat(order.getDoubleProperty("price")).isEqualTo(number * 1.5);
                assertThat(order.getLongProperty("customer")).isEqualTo(1L << 40);
                assertThat(order.getJMSCorrelationID()).isEqualTo("c" + number);
                assertThat(order.getJMSRedelivered()).isFalse();
            }
            String xid = broker.admin().preparedTransactions().get(0).xid();
            assertThat(broker.admin().commitPrepared(xid)).isTrue();
            assertThat(((TextMessage) orders.receive(10_000)).getText()).isEqualTo("prepared order");

            BytesMessage binary = (BytesMessage)
                    session.createConsumer(session.createQueue("BINARY")).receive(10_000);
            byte[] bytes = new byte[KeptStore.BINARY_BYTES + 1];
            assertThat(binary.readBytes(bytes)).isEqualTo(KeptStore.BINARY_BYTES);
            assertThat(bytes[257]).isEqualTo((byte) 1);
            assertThat(binary.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);

            MessageConsumer news = session.createDurableSubscriber(
                    session.createTopic("NEWS"), KeptStore.SUBSCRIPTION, KeptStore.SELECTOR, false);
            assertThat(((TextMessage) news.receive(10_000)).getText()).isEqualTo("red news");
            assertThat(news.receiveNoWait()).isNull();
            assertThat(orders.receiveNoWait()).isNull();
        }
    }

    private void unpack(String version, StoreEngine engine) throws IOException {
        String name = "/stores/" + version + "-" + engine.name().toLowerCase(Locale.ROOT) + ".zip";
        try (InputStream resource = Objects.requireNonNull(KeptStoreTest.class.getResourceAsStream(name), name);
                ZipInputStream zip = new ZipInputStream(resource)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = data.resolve(entry.getName());
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.copy(zip, file);
            }
        }
    }
}
