package io.ferrymq.openwire.connection;

import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.BrokerException;
import io.ferrymq.transport.TlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that ActiveMQ has for listeners which speak OpenWire. Here there is one kind of socket, so the names only say whether
 * it is encrypted; and the address that clients get to see is one that every client understands. Stateless.
 */
final class Schemes {
    static final String PLAIN = "tcp";
    static final String ENCRYPTED = "ssl";

    private static final Set<String> ALL_PLAIN = Set.of(PLAIN, "nio", "auto", "auto+nio");
    private static final Set<String> ALL_ENCRYPTED = Set.of(ENCRYPTED, "nio+ssl", "auto+ssl", "auto+nio+ssl");

    private Schemes() {}

    static Set<String> all() {
        Set<String> all = new TreeSet<>(ALL_PLAIN);
        all.addAll(ALL_ENCRYPTED);
        return all;
    }

    static boolean isEncrypted(String scheme) {
        return ALL_ENCRYPTED.contains(scheme);
    }

    /** @throws BrokerException CONFIGURATION, with the mistakes of all listeners */
    static void check(List<Listener> listeners) {
        List<String> mistakes = new ArrayList<>();
        for (Listener listener : listeners) {
            String where = "listener " + listener.scheme() + "://" + listener.host() + ':' + listener.port() + ": ";
            if (isEncrypted(listener.scheme()) && listener.tls().isEmpty()) {
                mistakes.add(where + "needs a certificate; set tls.keyStore, or tls.certificate and tls.privateKey");
            } else if (!isEncrypted(listener.scheme()) && listener.tls().isPresent()) {
                mistakes.add(where + "does not encrypt, but has tls settings; its scheme should be ssl");
            } else {
                tryTls(listener, where, mistakes);
            }
        }
        if (!mistakes.isEmpty()) {
            throw new BrokerException(BrokerException.Code.CONFIGURATION, String.join("; ", mistakes));
        }
    }

    private static void tryTls(Listener listener, String where, List<String> mistakes) {
        try {
            listener.tls().ifPresent(TlsContext::read);
        } catch (BrokerException e) {
            mistakes.add(where + e.getMessage());
        }
    }
}
