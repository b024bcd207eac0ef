package io.ferrymq.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.BrokerException;
import io.ferrymq.StoreConfig;
import io.ferrymq.Tls;
import io.ferrymq.Tls.KeyStoreFile;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.DispatchStart;
import io.ferrymq.policy.MessageEviction;
import io.ferrymq.policy.SlowConsumers;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {
    private static final Path EXAMPLE = Path.of("..", "docs", "ferrymq.yaml");

    @Test
    void shouldReadTheExampleOfTheUserGuide() {
        Settings settings = ConfigurationFile.read(EXAMPLE);

        assertThat(settings.listeners()).containsExactly(new Listener("tcp", "127.0.0.1", 61616));
        assertThat(settings.dataDirectory()).contains(Path.of("./data"));
    }

    @Test
    void shouldReadTheEncryptedListenerOfTheUserGuide() throws IOException {
        String example = Files.readString(EXAMPLE).replaceAll("(?m)^  #(-|  )", "  $1");

        Settings settings = ConfigurationFile.parse("f", example);

        assertThat(settings.listeners()).hasSize(2);
        Listener listener = settings.listeners().get(1);
        assertThat(listener.scheme()).isEqualTo("ssl");
        assertThat(listener.port()).isEqualTo(61617);
        assertThat(listener.tls())
                .contains(new Tls(
                        new KeyStoreFile(Path.of("broker.p12"), "secret", KeyStoreFile.Type.PKCS12),
                        Optional.of(new KeyStoreFile(Path.of("clients.p12"), "secret", KeyStoreFile.Type.PKCS12)),
                        Tls.ClientAuthentication.NEED,
                        List.of("TLSv1.3", "TLSv1.2"),
                        List.of("TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")));
    }

    @Test
    void shouldReadPemFilesAndKeepTheDefaultsOfTls() {
        Settings settings = ConfigurationFile.parse(
                "f", "listeners: [{scheme: ssl, tls: {certificate: a.crt, privateKey: a.key}}]");

        assertThat(settings.listeners().get(0).tls())
                .contains(Tls.of(new Tls.PemFiles(Path.of("a.crt"), Path.of("a.key"))));
    }

    @Test
    void shouldShowEveryLimitInTheExampleOfTheUserGuide() throws IOException {
        String example = Files.readString(EXAMPLE);

        for (RecordComponent limit : Limits.class.getRecordComponents()) {
            assertThat(example).contains("\n  " + limit.getName() + ": ");
        }
    }

    @Test
    void shouldTakeAnEmptyFileAsNothingSaid() {
        Settings settings = ConfigurationFile.parse("f", "\n# only a comment\n");

        assertThat(settings.listeners()).containsExactly(new Listener("tcp", "127.0.0.1", 61616));
        assertThat(settings.dataDirectory()).contains(Path.of("data"));
    }

    @Test
    void shouldKeepDefaultsOfAListenerThatSaysOnlyItsPort() {
        Settings settings = ConfigurationFile.parse("f", "listeners:\n  - port: 0\n  - host: '::1'\n");

        assertThat(settings.listeners())
                .containsExactly(new Listener("tcp", "127.0.0.1", 0), new Listener("tcp", "::1", 61616));
    }

    @Test
    void shouldKeepNothingOnDiskWhenTransient() {
        assertThat(ConfigurationFile.parse("f", "transient: true").dataDirectory())
                .isEmpty();
    }

    @Test
    void shouldSwitchAdvisoriesOff() {
        Settings off = ConfigurationFile.parse("f", "advisorySupport: false");

        assertThat(off.toBuilder().build().advisorySupport()).isFalse();
        assertThat(ConfigurationFile.parse("f", "").toBuilder().build().advisorySupport())
                .isTrue();
    }

    @Test
    void shouldReadHowLongSubscriptionsStayOffline() {
        BrokerConfig config = ConfigurationFile.parse("f", "offlineDurableSubscriberTimeoutMs: 7d").toBuilder()
                .build();

        assertThat(config.offlineDurableSubscriberTimeoutMs()).isEqualTo(604_800_000);
        assertThat(ConfigurationFile.parse("f", "").toBuilder().build().offlineDurableSubscriberTimeoutMs())
                .isEqualTo(BrokerConfig.NEVER);
    }

    @Test
    void shouldReadWhatBecomesOfSlowConsumers() {
        assertThat(policy("{topic: a, pendingMessageLimit: 7, messageEviction: oldestWithLowestPriority,"
                                + " abortSlowConsumerMs: 1s, abortSlowAckConsumerMs: 2s}")
                        .slowConsumers())
                .isEqualTo(new SlowConsumers(7, -1, MessageEviction.OLDEST_WITH_LOWEST_PRIORITY, 1_000, 2_000));
        assertThat(policy("{topic: a, pendingMessageLimitMultiplier: 2.5, messageEviction: {uniqueProperty: symbol}}")
                        .slowConsumers())
                .isEqualTo(new SlowConsumers(-1, 2.5, MessageEviction.uniqueProperty("symbol"), -1, -1));
        assertThat(policy("{topic: a, messageEviction: oldest}").slowConsumers())
                .isEqualTo(SlowConsumers.BORNE);
    }

    @Test
    void shouldReadHowManyDestinationsThereMayBeAndWhereDeadLettersGo() {
        DestinationPolicy policy = policy("{topic: a, maxDestinations: 5, deadLetters: {strategy: individual,"
                + " topicPrefix: T., destinationPerDurableSubscriber: true}}");

        assertThat(policy.maxDestinations()).isEqualTo(5);
        assertThat(policy.deadLetters())
                .isEqualTo(new DeadLetterPolicy(
                        DeadLetterPolicy.Kind.INDIVIDUAL, "ActiveMQ.DLQ.Queue.", "T.", true, false, 0, true));
        assertThat(policy("{topic: a}").maxDestinations()).isEqualTo(-1);
        assertThat(policy("{queue: a, messagesPerTurn: 1}").messagesPerTurn()).isEqualTo(1);
        assertThat(policy("{queue: a}").messagesPerTurn()).isEqualTo(16);
    }

    @Test
    void shouldReadWhatMessageGroupsNeed() {
        DestinationPolicy policy = policy(
                "{queue: a, messageGroupCacheSize: 10, consumersBeforeDispatchStarts: 3, timeBeforeDispatchStartsMs: 2s}");

        assertThat(policy.messageGroupCacheSize()).isEqualTo(10);
        assertThat(policy.dispatchStart()).isEqualTo(new DispatchStart(3, 2_000));
        assertThat(policy("{queue: a}").messageGroupCacheSize()).isEqualTo(1_024);
        assertThat(policy("{queue: a}").dispatchStart()).isEqualTo(DispatchStart.AT_ONCE);
    }

    private static DestinationPolicy policy(String text) {
        return ConfigurationFile.parse("f", "policies: [" + text + "]").toBuilder()
                .build()
                .policies()
                .get(0);
    }

    @Test
    void shouldReadHowTheDiskIsTreated() {
        BrokerConfig config = ConfigurationFile.parse(
                        "f",
                        "store: {sync: unsafe-os, waitForLock: true, minFreeBytes: 3GiB, ballastBytes: 0, "
                                + "snapshotEveryBytes: 2GiB, syncOnIoThreads: false}\n"
                                + "limits: {sendFailIfNoSpace: true, sendFailIfNoSpaceAfterTimeoutMs: 3s}")
                .toBuilder()
                .build();

        assertThat(config.store())
                .isEqualTo(new StoreConfig(StoreConfig.SyncMode.UNSAFE_OS, true, 3L << 30, 0, 2L << 30, false));
        assertThat(config.noSpace()).isEqualTo(new NoSpace(true, 3_000));
        assertThat(ConfigurationFile.parse("f", "").toBuilder().build().store()).isEqualTo(StoreConfig.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "listner: 1 | line 1: unknown key 'listner' (did you mean 'listeners'?)",
                "store: {segmentbytes: 1MiB} | line 1: unknown key 'store.segmentbytes' (did you mean 'store.segmentBytes'?)",
                "limits: {frameByte: 1MiB} | did you mean 'limits.frameBytes'?",
                "zzzzzzzz: 1 | unknown key 'zzzzzzzz' (known: advisorySupport, data, destinations, ioThreads, limits, listeners, name,",
                "transient: yes please | line 1: transient: true or false, not 'yes please'",
                "shards: many | shards: a whole number, not 'many'",
                "shards: -1 | shards: a whole number, not '-1'",
                "shards: 99999999999 | shards: at most 2147483647, not '99999999999'",
                "shards: 99999999999999999999999 | shards: a whole number",
                "store: {segmentBytes: 1 parsec} | store.segmentBytes: a size like 65536, 64KiB or 10MiB",
                "limits: {lazySyncMs: 3 weeks} | limits.lazySyncMs: a duration like 500ms, 30s or 5m",
                "store: {engine: kahadb} | store.engine: one of auto, chronicle, nio, not 'kahadb'",
                "store: {sync: os} | store.sync: one of always, unsafe-os, not 'os'",
                "store: 7 | store: 'key: value' lines expected below it",
                "listeners: 7 | listeners: a list expected",
                "listeners: [7] | listeners[0]: 'key: value' lines expected below it",
                "listeners: [{prt: 7}] | unknown key 'listeners[0].prt' (did you mean 'listeners[0].port'?)",
                "listeners: [{port: 65536}] | listeners[0].port: at most 65535",
                "listeners: [{tls: {}}] | listeners[0].tls.keyStore, or certificate and privateKey: one of them is needed",
                "listeners: [{tls: {certificate: a}}] | one of them is needed, not both",
                "listeners: [{tls: {keyStore: a, privateKey: b}}] | one of them is needed, not both",
                "listeners: [{tls: {keystore: a}}] | unknown key 'listeners[0].tls.keystore' (did you mean",
                "listeners: [{tls: {keyStore: a, keyStoreType: pem}}] | keyStoreType: one of pkcs12, jks, not 'pem'",
                "listeners: [{tls: {keyStore: a, clientAuthentication: need}}] | NEED needs a trust store",
                "listeners: [{tls: {keyStore: a, protocols: []}}] | tls.protocols: at least one",
                "listeners: [{tls: {keyStore: a, protocols: x}}] | protocols: a list of single values expected",
                "listeners: [{tls: {keyStore: a, cipherSuites: [[x]]}}] | cipherSuites: a list of single values expected",
                "policies: [{queue: a, maxDestinations: few}] | policies[0].maxDestinations: a whole number, not 'few'",
                "policies: [{queue: a, messagesPerTurn: 0}] | policies[0].messagesPerTurn: at least 1",
                "policies: [{topic: a, memoryLimitBytes: 1MiB}] | policies[0].memoryLimitBytes: only queues have one",
                "policies: [{tempTopic: true, memoryLimitBytes: 1MiB}] | policies[0].memoryLimitBytes: only queues have one",
                "policies: [{queue: a, tempQueue: true}] | exactly one of 'queue', 'topic', 'tempQueue' and 'tempTopic'",
                "policies: [{tempQueue: false}] | exactly one of 'queue', 'topic', 'tempQueue' and 'tempTopic'",
                "policies: [{queue: a, abortSlowAckConsumerMs: x}] | policies[0].abortSlowAckConsumerMs: a duration like",
                "policies: [{queue: a, deadLetters: {destinationPerDurableSubscriber: true}}] | unknown key 'policies[0].deadLetters",
                "policies: [{topic: a, messageEviction: newest}] | messageEviction: one of oldest, oldestWithLowestPriority, not",
                "policies: [{topic: a, messageEviction: {property: b}}] | unknown key 'policies[0].messageEviction.property'",
                "policies: [{topic: a, pendingMessageLimitMultiplier: -1}] | pendingMessageLimitMultiplier: a number like 2 or 2.5",
                "policies: [{topic: a, pendingMessageLimit: 1, pendingMessageLimitMultiplier: 2}] | not both",
                "offlineDurableSubscriberTimeoutMs: never | offlineDurableSubscriberTimeoutMs: a duration like",
                "name: | name: has no value",
                "name: [a, b] | name: a single value expected",
                "just words | line 1: 'key: value' lines expected",
                "listeners: [&a {port: 1}, *a] | anchors and aliases",
                "name: !!java.net.URL b | tags (!) are not supported",
                "name: 'open | not YAML",
                "- a | 'key: value' lines expected"
            })
    void shouldRefuseWithTheReason(String text, String expected) {
        assertThatThrownBy(() -> ConfigurationFile.parse("broker.yaml", text))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.code()).isEqualTo(BrokerException.Code.CONFIGURATION))
                .hasMessageStartingWith("broker.yaml: ")
                .hasMessageContaining(expected);
    }

    @Test
    void shouldReportEveryMistakeInTheOrderOfLines() {
        String text = "nam: a\nshards: x\nstore:\n  engine: y\nname: b\nname: c\n";

        assertThatThrownBy(() -> ConfigurationFile.parse("f", text))
                .hasMessage(
                        "f: line 1: unknown key 'nam' (did you mean 'name'?); line 2: shards: a whole number, not 'x'; "
                                + "line 4: store.engine: one of auto, chronicle, nio, not 'y'; line 6: 'name' is there twice");
    }

    @Test
    void shouldRefuseASecondDocumentAndDeepNesting() {
        assertThatThrownBy(() -> ConfigurationFile.parse("f", "name: a\n---\nname: b\n"))
                .hasMessageContaining("a second document");
        assertThatThrownBy(() -> ConfigurationFile.parse("f", "name: " + "[".repeat(100_000)))
                .hasMessageContaining("f: ");
    }

    @Test
    void shouldRefuseWhatIsNoReadableFile(@TempDir Path directory) throws IOException {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatThrownBy(() -> ConfigurationFile.read(directory)).hasMessageContaining("not a file");
        assertThatThrownBy(() -> ConfigurationFile.read(directory.resolve("absent")))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> ConfigurationFile.read(binary)).hasMessageContaining("not UTF-8 text");
    }
}
