package io.ferrymq;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a listener encrypts. The files are read when the broker starts, before anything else is.
 *
 * @param identity whom the broker is to its clients
 * @param trustStore whose certificates clients may have; needed as soon as they are asked for one
 * @param clientAuthentication whether clients are asked for a certificate
 * @param protocols versions of TLS, by the names that Java gives them
 * @param cipherSuites by the names that Java gives them; empty: what the JVM takes by default
 */
public record Tls(
        Identity identity,
        Optional<KeyStoreFile> trustStore,
        ClientAuthentication clientAuthentication,
        List<String> protocols,
        List<String> cipherSuites) {

    public static final List<String> DEFAULT_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** A certificate, with those that vouch for it, and its private key. */
    public sealed interface Identity permits KeyStoreFile, PemFiles {}

    /** A key store as keytool makes it. */
    public record KeyStoreFile(Path path, String password, Type type) implements Identity {
        public enum Type {
            PKCS12,
            JKS
        }

        /** Settings are logged; passwords are not. */
        @Override
        public String toString() {
            return "KeyStoreFile[path=" + path + ", type=" + type + ']';
        }
    }

    /**
     * Files as OpenSSL and certificate authorities give them.
     *
     * @param certificates the broker's own comes first
     * @param privateKey PKCS #8, not encrypted
     */
    public record PemFiles(Path certificates, Path privateKey) implements Identity {}

    /** What clients have to show. */
    public enum ClientAuthentication {
        NONE,
        /** A certificate is checked if there is one. */
        WANT,
        /** No connection without a certificate. */
        NEED
    }

    /** Reports every mistake at once. */
    public Tls {
        protocols = List.copyOf(protocols);
        cipherSuites = List.copyOf(cipherSuites);
        List<String> mistakes = new ArrayList<>();
        if (clientAuthentication != ClientAuthentication.NONE && trustStore.isEmpty()) {
            mistakes.add("tls.clientAuthentication: " + clientAuthentication
                    + " needs a trust store, or every certificate of a public authority would do; set tls.trustStore");
        }
        if (protocols.isEmpty()) {
            mistakes.add("tls.protocols: at least one, for instance TLSv1.3");
        }
        if (!mistakes.isEmpty()) {
            throw new BrokerException(BrokerException.Code.CONFIGURATION, String.join("; ", mistakes));
        }
    }

    /** TLS 1.3 and 1.2, clients need no certificate. */
    public static Tls of(Identity identity) {
        return new Tls(identity, Optional.empty(), ClientAuthentication.NONE, DEFAULT_PROTOCOLS, List.of());
    }

    /** Like {@link #of} with a PKCS #12 key store. */
    public static Tls keyStore(Path path, String password) {
        return of(new KeyStoreFile(path, password, KeyStoreFile.Type.PKCS12));
    }

    public Tls withClientAuthentication(ClientAuthentication asked, KeyStoreFile trusted) {
        return new Tls(identity, Optional.of(trusted), asked, protocols, cipherSuites);
    }

    public Tls withProtocols(String... names) {
        return new Tls(identity, trustStore, clientAuthentication, List.of(names), cipherSuites);
    }

    public Tls withCipherSuites(String... names) {
        return new Tls(identity, trustStore, clientAuthentication, protocols, List.of(names));
    }
}
