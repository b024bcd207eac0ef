package io.ferrymq.server.config;

import io.ferrymq.BrokerException;
import io.ferrymq.Tls;
import io.ferrymq.Tls.ClientAuthentication;
import io.ferrymq.Tls.KeyStoreFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code tls:} of a listener. Used by one thread. */
final class TlsSection {
    private final Section section;
    private final StoreDraft keyStore = new StoreDraft();
    private final StoreDraft trustStore = new StoreDraft();
    private Optional<Path> certificate = Optional.empty();
    private Optional<Path> privateKey = Optional.empty();
    private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
    private List<String> protocols = Tls.DEFAULT_PROTOCOLS;
    private List<String> cipherSuites = List.of();

    /** A key store while its keys are read. */
    private static final class StoreDraft {
        private Optional<Path> path = Optional.empty();
        private String password = "";
        private KeyStoreFile.Type type = KeyStoreFile.Type.PKCS12;

        private void read(Section section, String key) {
            section.path(key, value -> path = Optional.of(value));
            section.text(key + "Password", value -> password = value);
            section.choice(key + "Type", KeyStoreFile.Type.class, value -> type = value);
        }

        private Optional<KeyStoreFile> file() {
            return path.map(where -> new KeyStoreFile(where, password, type));
        }
    }

    private TlsSection(Section section) {
        this.section = section;
    }

    /** Empty after a mistake. */
    static Optional<Tls> read(Section section) {
        TlsSection tls = new TlsSection(section);
        tls.readKeys();
        return tls.result();
    }

    private void readKeys() {
        keyStore.read(section, "keyStore");
        section.path("certificate", value -> certificate = Optional.of(value));
        section.path("privateKey", value -> privateKey = Optional.of(value));
        trustStore.read(section, "trustStore");
        section.choice("clientAuthentication", ClientAuthentication.class, value -> clientAuthentication = value);
        section.texts("protocols", value -> protocols = value);
        section.texts("cipherSuites", value -> cipherSuites = value);
    }

    private Optional<Tls> result() {
        Optional<Tls.Identity> identity = identity();
        if (identity.isEmpty()) {
            section.mistake("keyStore, or certificate and privateKey: one of them is needed, not both");
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Tls(identity.get(), trustStore.file(), clientAuthentication, protocols, cipherSuites));
        } catch (BrokerException e) {
            section.mistake(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Tls.Identity> identity() {
        boolean pem = certificate.isPresent() && privateKey.isPresent();
        boolean anyPem = certificate.isPresent() || privateKey.isPresent();
        if (keyStore.file().isPresent() == anyPem || anyPem != pem) {
            return Optional.empty();
        }
        return pem
                ? Optional.of(new Tls.PemFiles(certificate.get(), privateKey.get()))
                : keyStore.file().map(Tls.Identity.class::cast);
    }
}
