package io.ferrymq.transport;

import io.ferrymq.BrokerException;
import io.ferrymq.Tls;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one TLS listener share: keys, certificates and what may be negotiated, read once. Any thread.
 *
 * <p>The JDK does the cryptography: nothing native, and whatever the operator has set for the JVM's TLS is in force.
 */
public final class TlsContext {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

    private final SslContext context;

    private TlsContext(SslContext context) {
        this.context = context;
    }

    /**
     * Reads the files.
     *
     * @throws BrokerException CONFIGURATION, naming the file, what is wrong with it and what to do
     */
    public static TlsContext read(Tls tls) {
        checkNames(tls);
        SslContextBuilder builder = builder(tls.identity())
                .sslProvider(SslProvider.JDK)
                .protocols(tls.protocols())
                .clientAuth(clientAuth(tls.clientAuthentication()));
        tls.trustStore().ifPresent(store -> builder.trustManager(trust(store)));
        if (!tls.cipherSuites().isEmpty()) {
            builder.ciphers(tls.cipherSuites(), IdentityCipherSuiteFilter.INSTANCE);
        }
        try {
            return new TlsContext(builder.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw mistake("tls", "this configuration cannot be used: " + reason(e), e);
        }
    }

    /** A pipeline that decrypts first. The protocol's own bound on its handshake covers that of TLS too, so there is no other. */
    public Consumer<Channel> before(Consumer<Channel> pipeline) {
        return channel -> {
            SslHandler handler = context.newHandler(channel.alloc());
            handler.setHandshakeTimeoutMillis(0);
            channel.pipeline().addLast("tls", handler);
            pipeline.accept(channel);
        };
    }

    private static ClientAuth clientAuth(Tls.ClientAuthentication asked) {
        return switch (asked) {
            case NONE -> ClientAuth.NONE;
            case WANT -> ClientAuth.OPTIONAL;
            case NEED -> ClientAuth.REQUIRE;
        };
    }

    private static void checkNames(Tls tls) {
        SSLParameters known;
        try {
            known = SSLContext.getDefault().getSupportedSSLParameters();
        } catch (NoSuchAlgorithmException e) {
            throw mistake("tls", "this JVM has no TLS", e);
        }
        checkNames("tls.protocols", tls.protocols(), List.of(known.getProtocols()));
        checkNames("tls.cipherSuites", tls.cipherSuites(), List.of(known.getCipherSuites()));
    }

    private static void checkNames(String property, List<String> asked, List<String> known) {
        List<String> unknown = new ArrayList<>(asked);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw mistake(property, "unknown to this JVM: " + unknown + "; known: " + known, null);
        }
    }

    private static SslContextBuilder builder(Tls.Identity identity) {
        if (identity instanceof Tls.PemFiles pem) {
            return pem(pem);
        }
        Tls.KeyStoreFile file = (Tls.KeyStoreFile) identity;
        KeyStore store = load("tls.keyStore", file);
        try {
            requireKey(file, store);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, file.password().toCharArray());
            return SslContextBuilder.forServer(keys);
        } catch (UnrecoverableKeyException e) {
            throw mistake("tls.keyStore", file.path() + ": the key has another password than the key store", e);
        } catch (GeneralSecurityException e) {
            throw mistake("tls.keyStore", file.path() + ": " + reason(e), e);
        }
    }

    /** Without a key nothing fails before the first client comes, and then in words nobody understands. */
    private static void requireKey(Tls.KeyStoreFile file, KeyStore store) throws GeneralSecurityException {
        boolean found = false;
        for (String alias : Collections.list(store.aliases())) {
            found |= store.isKeyEntry(alias);
            if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                warnIfOutdated(file.path(), certificate);
            }
        }
        if (!found) {
            throw mistake("tls.keyStore", file.path() + ": has no private key in it; is it the trust store?", null);
        }
    }

    private static void warnIfOutdated(Path file, X509Certificate certificate) {
        Instant until = certificate.getNotAfter().toInstant();
        if (until.isBefore(Instant.now())) {
            LOG.warn("The certificate is outdated, clients will refuse it: file={}, validUntil={}", file, until);
        }
    }

    private static SslContextBuilder pem(Tls.PemFiles pem) {
        requireFile("tls.certificate", pem.certificates());
        requireFile("tls.privateKey", pem.privateKey());
        try {
            return SslContextBuilder.forServer(
                    pem.certificates().toFile(), pem.privateKey().toFile());
        } catch (IllegalArgumentException e) {
            String files = pem.certificates() + " and " + pem.privateKey();
            throw mistake(
                    "tls.certificate, tls.privateKey",
                    files + ": a PEM certificate and its PKCS #8 key without password are needed: " + reason(e),
                    e);
        }
    }

    private static TrustManagerFactory trust(Tls.KeyStoreFile file) {
        KeyStore store = load("tls.trustStore", file);
        try {
            if (Collections.list(store.aliases()).stream().noneMatch(alias -> isCertificate(store, alias))) {
                throw mistake("tls.trustStore", file.path() + ": has no certificate to trust in it", null);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust;
        } catch (GeneralSecurityException e) {
            throw mistake("tls.trustStore", file.path() + ": " + reason(e), e);
        }
    }

    private static boolean isCertificate(KeyStore store, String alias) {
        try {
            return store.isCertificateEntry(alias);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key store is loaded", e);
        }
    }

    private static KeyStore load(String property, Tls.KeyStoreFile file) {
        requireFile(property, file.path());
        char[] password = file.password().toCharArray();
        try (InputStream in = Files.newInputStream(file.path())) {
            KeyStore store = KeyStore.getInstance(file.type().name());
            store.load(in, password);
            return store;
        } catch (IOException | GeneralSecurityException e) {
            boolean wrongPassword = e.getCause() instanceof UnrecoverableKeyException;
            String what = wrongPassword
                    ? "the password is wrong; set " + property + "Password"
                    : "is no " + file.type() + " key store that can be read: " + reason(e);
            throw mistake(property, file.path() + ": " + what, e);
        } finally {
            Arrays.fill(password, ' ');
        }
    }

    private static void requireFile(String property, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            String what = Files.exists(file) ? "is not a file the broker may read" : "no such file";
            throw mistake(property, file.toAbsolutePath() + ": " + what, null);
        }
    }

    private static String reason(Exception failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage() == null ? root : root.getMessage());
    }

    private static BrokerException mistake(String property, String what, @Nullable Throwable cause) {
        String message = property + ": " + what;
        return cause == null
                ? new BrokerException(BrokerException.Code.CONFIGURATION, message)
                : new BrokerException(BrokerException.Code.CONFIGURATION, message, cause);
    }
}
