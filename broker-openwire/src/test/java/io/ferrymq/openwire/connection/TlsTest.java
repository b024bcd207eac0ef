package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.BrokerException;
import io.ferrymq.Tls;
import io.ferrymq.flow.Limits;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.ferrymq.testkit.tls.KeyStores;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    private static Path directory;

    private static KeyStores keys;

    private final FakeBroker broker = new FakeBroker();
    private OpenWireServer server = OpenWireServer.open(broker, 1, AdvisorySettings.DEFAULT);

    @BeforeAll
    static void makeKeys() throws IOException, GeneralSecurityException {
        keys = KeyStores.in(directory);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private URI listen(Tls tls) {
        return server.listen(listener("ssl", tls));
    }

    private URI listen(Limits limits, Tls tls) {
        server.close();
        broker.limits = limits;
        server = OpenWireServer.open(broker, 1, AdvisorySettings.DEFAULT);
        return listen(tls);
    }

    private static Listener listener(String scheme, Tls tls) {
        return new Listener(scheme, "127.0.0.1", 0, Optional.of(tls));
    }

    private static SSLSocket secure(URI uri, boolean withCertificate) throws IOException {
        try {
            SSLSocket socket = (SSLSocket)
                    keys.client(withCertificate).getSocketFactory().createSocket(uri.getHost(), uri.getPort());
            socket.setSoTimeout(10_000);
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void connects(URI uri, String id, boolean withCertificate) throws IOException {
        try (WireClient client = new WireClient(secure(uri, withCertificate), id)) {
            client.negotiate(12, "6.3.1");
            BrokerInfo info = client.expect(BrokerInfo.class);
            assertThat(info.brokerURL).isEqualTo(uri.toString());
            assertThat(client.ask(client.connectionInfo())).isExactlyInstanceOf(Response.class);
        }
    }

    @Test
    void shouldServeTlsAndPlainTcpSideBySideAndTellEachItsOwnAddress() throws IOException {
        URI plain = server.listen(new Listener("nio", "127.0.0.1", 0));
        URI secure = listen(keys.broker());

        assertThat(plain.getScheme()).isEqualTo("tcp");
        assertThat(secure.getScheme()).isEqualTo("ssl");
        connects(secure, "ID:secure", false);
        try (WireClient client = new WireClient(plain, "ID:plain")) {
            client.negotiate(12, "6.3.1");
            assertThat(client.expect(BrokerInfo.class).brokerURL).isEqualTo(plain.toString());
        }
    }

    @Test
    void shouldAcceptTheNamesThatActiveMqHas() throws IOException {
        for (String scheme : List.of("ssl", "nio+ssl", "auto+ssl", "auto+nio+ssl", "SSL")) {
            URI uri = server.listen(listener(scheme, keys.broker()));
            assertThat(uri.getScheme()).isEqualTo("ssl");
            connects(uri, "ID:" + scheme, false);
        }
        for (String scheme : List.of("tcp", "nio", "auto", "auto+nio")) {
            assertThat(server.listen(new Listener(scheme, "127.0.0.1", 0)).getScheme())
                    .isEqualTo("tcp");
        }
    }

    @Test
    void shouldTakePemFiles() throws IOException, GeneralSecurityException {
        connects(listen(Tls.of(keys.brokerPem())), "ID:c", false);
    }

    @Test
    void shouldCarryFramesLargerThanATlsRecord() throws IOException {
        URI uri = listen(keys.broker());
        try (WireClient client = new WireClient(secure(uri, false), "ID:c")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            client.ask(client.connectionInfo());
            client.send(client.session(1));
            client.ask(client.producer(1, 1, "q"));
            var message = client.message(1, 1, 1, "q");
            message.content = new byte[1 << 20];
            assertThat(client.ask(message)).isExactlyInstanceOf(Response.class);
            assertThat(broker.client("ID:c").sent.get(0).body()).hasSize(1 << 20);
        }
    }

    @Test
    void shouldNegotiateOnlyWhatIsAllowed() throws IOException {
        URI uri = listen(
                keys.broker().withProtocols("TLSv1.2").withCipherSuites("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
        try (SSLSocket socket = secure(uri, false)) {
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        }
        try (SSLSocket socket = secure(uri, false)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.3"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void shouldConnectNobodyWithoutCertificateWhenOneIsNeeded() throws IOException {
        URI uri = listen(keys.brokerAsking(Tls.ClientAuthentication.NEED));

        connects(uri, "ID:known", true);
        assertThatThrownBy(() -> connects(uri, "ID:unknown", false)).isInstanceOf(IOException.class);
        assertThat(broker.clients).hasSize(1);
    }

    @Test
    void shouldConnectWithAndWithoutCertificateWhenOneIsWanted() throws IOException {
        URI uri = listen(keys.brokerAsking(Tls.ClientAuthentication.WANT));

        connects(uri, "ID:known", true);
        connects(uri, "ID:unknown", false);
    }

    @Test
    void shouldCloseInOneLineWhoSpeaksPlainlyToATlsPort() throws IOException {
        URI uri = listen(keys.broker());
        try (LogLines log = new LogLines();
                Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(readToEnd(socket)).isLessThan(100);
            oneLine(log, socket, "not an SSL/TLS record");
        }
        connects(uri, "ID:good", false);
    }

    @Test
    void shouldCloseInOneLineWhoSpeaksTlsToAPlainPort() throws IOException {
        URI uri = server.listen(new Listener("tcp", "127.0.0.1", 0));
        try (LogLines log = new LogLines();
                SSLSocket socket = secure(uri, false)) {
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
            oneLine(log, socket, "TLS on a port that does not encrypt?");
        }
    }

    @Test
    void shouldCloseInOneLineWhoDoesNotTrustTheBroker() throws Exception {
        URI uri = listen(keys.broker());
        try (LogLines log = new LogLines();
                Socket socket =
                        javax.net.ssl.SSLSocketFactory.getDefault().createSocket(uri.getHost(), uri.getPort())) {
            assertThatThrownBy(((SSLSocket) socket)::startHandshake).isInstanceOf(SSLException.class);
            oneLine(log, socket, "TLS failed");
        }
    }

    @Test
    void shouldCloseWhoDoesNotFinishTheTlsHandshakeInTime() throws IOException {
        URI uri = listen(Limits.defaults().withHandshake(300, 10), keys.broker());
        try (LogLines log = new LogLines();
                Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 100, 1, 0});
            assertThat(readToEnd(socket)).isLessThan(100);
            oneLine(log, socket, "no WireFormatInfo in time");
        }
    }

    @Test
    void shouldLetAFloodOfHalfTlsHandshakesPushItselfOut() throws IOException {
        URI uri = listen(Limits.defaults().withHandshake(60_000, 20), keys.broker());
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(uri.getHost(), uri.getPort());
                flood.add(socket);
                socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 100, 1, 0});
            }
            connects(uri, "ID:good", false);
            await().untilAsserted(
                            () -> assertThat(server.pendingHandshakes().count()).isLessThanOrEqualTo(20));
        } finally {
            for (Socket socket : flood) {
                socket.close();
            }
        }
    }

    @Test
    void shouldCloseQuietlyWhenAClientJustGoes() throws IOException {
        URI uri = listen(keys.broker());
        try (LogLines log = new LogLines()) {
            String peer;
            try (SSLSocket socket = secure(uri, false);
                    WireClient client = new WireClient(socket, "ID:c")) {
                client.expect(WireFormatInfo.class);
                peer = ":" + socket.getLocalPort();
            }
            try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                socket.setSoLinger(true, 0);
            }
            connects(uri, "ID:good", false);
            await().until(() -> server.pendingHandshakes().count() == 0);
            assertThat(log.containing(peer)).isEmpty();
        }
    }

    @Test
    void shouldRefuseMistakesBeforeAnythingIsBound() throws IOException {
        Path noKeyStore = Files.writeString(directory.resolve("text.p12"), "no key store");
        Tls tls = keys.broker();

        refused(listener("tcp", tls), "does not encrypt, but has tls settings");
        refused(
                new Listener("ssl", "127.0.0.1", 7),
                "listener ssl://127.0.0.1:7: needs a certificate; set tls.keyStore");
        refused(Tls.keyStore(directory.resolve("absent.p12"), "x"), "absent.p12: no such file");
        refused(Tls.keyStore(directory, "x"), "is not a file");
        refused(Tls.keyStore(noKeyStore, "x"), "text.p12: is no PKCS12 key store that can be read");
        refused(
                Tls.keyStore(keys.brokerKeys(), "wrong"),
                "broker.p12: the password is wrong; set tls.keyStorePassword");
        refused(Tls.keyStore(keys.brokerTrusted(), KeyStores.PASSWORD), "has no private key in it");
        refused(tls.withProtocols("TLSv9"), "tls.protocols: unknown to this JVM: [TLSv9]; known: [");
        refused(tls.withCipherSuites("ROT13"), "tls.cipherSuites: unknown to this JVM: [ROT13]");
        refused(
                tls.withClientAuthentication(
                        Tls.ClientAuthentication.NEED,
                        new Tls.KeyStoreFile(keys.clientKeys(), KeyStores.PASSWORD, Tls.KeyStoreFile.Type.PKCS12)),
                "tls.trustStore: " + keys.clientKeys() + ": has no certificate to trust");
        refused(Tls.of(new Tls.PemFiles(noKeyStore, noKeyStore)), "text.p12: a PEM certificate and its PKCS #8 key");
        assertThatThrownBy(() ->
                        new Tls(tls.identity(), Optional.empty(), Tls.ClientAuthentication.WANT, List.of(), List.of()))
                .hasMessageContaining("tls.clientAuthentication: WANT needs a trust store")
                .hasMessageContaining("tls.protocols: at least one");
    }

    @Test
    void shouldNotTellPasswords() {
        assertThat(keys.brokerAsking(Tls.ClientAuthentication.NEED).toString())
                .contains("broker.p12", "client-trusted.p12")
                .doesNotContain(KeyStores.PASSWORD);
    }

    private static void refused(Tls tls, String why) {
        refused(listener("ssl", tls), why);
    }

    private static void refused(Listener listener, String why) {
        assertThatThrownBy(() -> OpenWireServer.check(List.of(new Listener("tcp", "127.0.0.1", 0), listener)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.code()).isEqualTo(BrokerException.Code.CONFIGURATION))
                .hasMessageContaining(why);
    }

    private static void oneLine(LogLines log, Socket peer, String text) {
        String port = ":" + peer.getLocalPort();
        await().until(() -> !log.containing(port).isEmpty());
        assertThat(log.containing(port)).singleElement().satisfies(line -> {
            assertThat(line.getFormattedMessage()).contains(text);
            assertThat(line.getThrowableProxy()).isNull();
        });
    }

    private static int readToEnd(Socket socket) throws IOException {
        int bytes = 0;
        while (socket.getInputStream().read() >= 0) {
            bytes++;
        }
        return bytes;
    }
}
