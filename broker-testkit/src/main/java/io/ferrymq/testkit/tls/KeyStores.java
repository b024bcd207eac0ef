package io.ferrymq.testkit.tls;

import io.ferrymq.Tls;
import io.ferrymq.Tls.KeyStoreFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A broker's key store, a client's, and for each a trust store with the other's certificate. */
public final class KeyStores {
    public static final String PASSWORD = "secret-of-a-test";

    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path directory;

    private KeyStores(Path directory) {
        this.directory = directory;
    }

    /** Makes the files; keytool signs the certificates, for localhost and 127.0.0.1. */
    public static KeyStores in(Path directory) throws IOException, GeneralSecurityException {
        KeyStores made = new KeyStores(directory);
        made.generate("broker");
        made.generate("client");
        made.trust("broker");
        made.trust("client");
        return made;
    }

    public Path brokerKeys() {
        return directory.resolve("broker.p12");
    }

    public Path clientKeys() {
        return directory.resolve("client.p12");
    }

    /** What a client trusts. */
    public Path brokerTrusted() {
        return directory.resolve("broker-trusted.p12");
    }

    /** What a broker trusts that asks for certificates. */
    public Path clientTrusted() {
        return directory.resolve("client-trusted.p12");
    }

    /** The broker's side; no certificate of clients. */
    public Tls broker() {
        return Tls.keyStore(brokerKeys(), PASSWORD);
    }

    /** The broker's side, which asks clients for their certificate. */
    public Tls brokerAsking(Tls.ClientAuthentication asked) {
        return broker().withClientAuthentication(
                        asked, new KeyStoreFile(clientTrusted(), PASSWORD, KeyStoreFile.Type.PKCS12));
    }

    /** A client's side. */
    public SSLContext client(boolean withCertificate) throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(brokerTrusted()));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(clientKeys()), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(withCertificate ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
        return context;
    }

    /** The broker's key and certificate once more, as PEM files. */
    public Tls.PemFiles brokerPem() throws IOException, GeneralSecurityException {
        KeyStore store = load(brokerKeys());
        byte[] key = store.getKey("broker", PASSWORD.toCharArray()).getEncoded();
        byte[] certificate = store.getCertificate("broker").getEncoded();
        return new Tls.PemFiles(pem("broker.crt", "CERTIFICATE", certificate), pem("broker.key", "PRIVATE KEY", key));
    }

    private Path pem(String file, String what, byte[] bytes) throws IOException {
        String text = "-----BEGIN " + what + "-----\n" + PEM.encodeToString(bytes) + "\n-----END " + what + "-----\n";
        return Files.write(directory.resolve(file), text.getBytes(StandardCharsets.US_ASCII));
    }

    private void generate(String alias) throws IOException {
        Path keytool =
                Path.of(ProcessHandle.current().info().command().orElseThrow()).resolveSibling("keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        alias,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + alias,
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "3650",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        directory.resolve(alias + ".p12").toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void trust(String alias) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                alias, load(directory.resolve(alias + ".p12")).getCertificate(alias));
        try (OutputStream out = Files.newOutputStream(directory.resolve(alias + "-trusted.p12"))) {
            trusted.store(out, PASSWORD.toCharArray());
        }
    }

    private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }
}
