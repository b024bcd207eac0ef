package io.ferrymq;

import java.net.URI;

/**
 * A message broker in this JVM.
 *
 * <pre>{@code
 * try (Broker broker = Broker.builder().tcp(0).dataDirectory(Path.of("data")).start()) {
 *     connect(broker.uri());
 * }
 * }</pre>
 */
public final class Broker implements AutoCloseable {
    public static Builder builder() {
        return new Builder();
    }

    /** The address of the first listener, with the port really bound. */
    public URI uri() {
        throw new IllegalStateException("skeleton");
    }

    /** Stops in order; idempotent; leaves no thread, direct memory or file lock behind. */
    @Override
    public void close() {}

    /** Collects settings; see {@link BrokerConfig}. */
    public static final class Builder {
        public Broker start() {
            throw new IllegalStateException("skeleton");
        }
    }
}
