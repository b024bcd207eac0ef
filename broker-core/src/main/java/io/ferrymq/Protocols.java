package io.ferrymq;

import io.ferrymq.message.PropertyFormat;
import io.ferrymq.spi.ProtocolProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The protocols that one broker can speak: those handed in before those found. Used by the thread that starts the broker. */
record Protocols(List<ProtocolProvider> providers) {
    static Protocols known(List<ProtocolProvider> handedIn) {
        List<ProtocolProvider> known = new ArrayList<>(handedIn);
        ServiceLoader.load(ProtocolProvider.class, Broker.class.getClassLoader())
                .forEach(known::add);
        return new Protocols(known);
    }

    /** @throws BrokerException CONFIGURATION, when nobody serves a scheme or a provider finds mistakes */
    void check(List<BrokerConfig.Listener> listeners) {
        Map<ProtocolProvider, List<BrokerConfig.Listener>> served = new LinkedHashMap<>();
        for (BrokerConfig.Listener listener : listeners) {
            served.computeIfAbsent(of(listener.scheme()), provider -> new ArrayList<>())
                    .add(listener);
        }
        served.forEach(ProtocolProvider::check);
    }

    /** Messages in the journal may be of any protocol, also of one that nobody listens with now. */
    PropertyFormat properties() {
        List<PropertyFormat> formats =
                providers.stream().map(ProtocolProvider::properties).toList();
        if (formats.size() == 1) {
            return formats.get(0);
        }
        return message -> formats.stream()
                .map(format -> format.read(message))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(Map.of());
    }

    ProtocolProvider of(String scheme) {
        return providers.stream()
                .filter(provider -> provider.schemes().contains(scheme))
                .findFirst()
                .orElseThrow(() -> new BrokerException(
                        BrokerException.Code.CONFIGURATION,
                        "listeners: no protocol for scheme '" + scheme + "'; known: "
                                + providers.stream()
                                        .flatMap(provider -> provider.schemes().stream())
                                        .sorted()
                                        .toList()));
    }
}
