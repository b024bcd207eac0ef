package io.ferrymq.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.Broker;
import io.ferrymq.StoreConfig;
import io.ferrymq.StoreConfig.SyncMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreStatusTest {
    private static final int TIMEOUT_MS = 30_000;

    private static List<String> linesOf(Broker broker) throws Exception {
        try (ActiveMQConnection connection =
                (ActiveMQConnection) new ActiveMQConnectionFactory(broker.uri()).createConnection()) {
            connection.start();
            Optional<StoreStatus> status = StoreStatus.ask(connection, TIMEOUT_MS);
            return status.orElseThrow().lines();
        }
    }

    @Test
    void shouldShowEngineAndSyncModeOfAStore(@TempDir Path data) throws Exception {
        try (Broker broker = Broker.builder()
                .tcp("127.0.0.1", 0)
                .dataDirectory(data)
                .store(StoreConfig.defaults().withSync(SyncMode.UNSAFE_OS))
                .start()) {
            String engine = broker.admin().journal().engine();

            assertThat(linesOf(broker))
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("store       " + engine + ", sync unsafe-os"),
                            line -> assertThat(line).startsWith("journal     1 segment, "));
        }
    }

    @Test
    void shouldGiveTheSameAsMetrics() {
        StoreStatus store = new StoreStatus("nio", "unsafe-os", 2, 3, 4096, 5, 6, true, false);
        List<String> lines = new StatusMetrics(1.5, Optional.of(store)).lines();
        assertThat(lines)
                .contains(
                        "ferrymq_up 1",
                        "ferrymq_round_trip_seconds 0.001500",
                        "# TYPE ferrymq_store_info gauge",
                        "ferrymq_store_info{engine=\"nio\",sync=\"unsafe-os\"} 1",
                        "ferrymq_store_segments 2",
                        "ferrymq_store_live_records 3",
                        "ferrymq_store_appended_bytes_total 4096",
                        "ferrymq_store_syncs_total 5",
                        "ferrymq_store_damaged_reads_total 6",
                        "ferrymq_store_space_low 1",
                        "ferrymq_store_failed 0");
        assertThat(lines)
                .allMatch(line -> line.matches("# (HELP|TYPE) ferrymq_[a-z_]+ .+|ferrymq_[a-z_]+(\\{.+})? [0-9.]+"));
        assertThat(new StatusMetrics(1.5, Optional.empty()).lines()).noneMatch(line -> line.contains("store"));
    }

    @Test
    void shouldShowThatABrokerInMemoryNeverSyncs() throws Exception {
        try (Broker broker = Broker.builder().tcp("127.0.0.1", 0).start()) {
            assertThat(linesOf(broker)).contains("store       memory, sync none");
        }
    }

    @Test
    void shouldShowTroubleAtTheEndOfTheLine() {
        assertThat(new StoreStatus("nio", "always", 2, 3, 4096, 5, 6, true, true).lines())
                .containsExactly(
                        "store       nio, sync always",
                        "journal     2 segments, 3 live records; since the start 4.0 KiB and 5 syncs;"
                                + " SPACE IS LOW; 6 reads of damaged records; FAILED");
    }
}
