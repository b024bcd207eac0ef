package io.ferrymq.junit;

import io.ferrymq.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A broker of one test class or test, and the directory that goes with it. */
final class RunningBroker implements AutoCloseable {
    /** By name, because none of these classes need to be there. */
    private static final Set<String> FACTORIES = Set.of(
            "jakarta.jms.ConnectionFactory",
            "javax.jms.ConnectionFactory",
            "org.apache.activemq.ActiveMQConnectionFactory");

    private final Broker broker;
    private final Optional<Path> directory;

    private RunningBroker(Broker broker, Optional<Path> directory) {
        this.broker = broker;
        this.directory = directory;
    }

    static RunningBroker start(String name, boolean persistent) {
        Broker.Builder builder = Broker.builder().name(name).tcp("127.0.0.1", 0);
        if (!persistent) {
            return new RunningBroker(builder.start(), Optional.empty());
        }
        Path directory = temporaryDirectory();
        try {
            return new RunningBroker(
                    builder.dataDirectory(directory.resolve("data")).start(), Optional.of(directory));
        } catch (RuntimeException | Error e) {
            delete(directory);
            throw e;
        }
    }

    /** Whether a test can have one of these. */
    static boolean offers(Class<?> type) {
        return type == Broker.class || type == URI.class || FACTORIES.contains(type.getName());
    }

    /** @throws IllegalStateException when the client for it is not on the class path */
    Object as(Class<?> type) {
        if (type == Broker.class) {
            return broker;
        }
        return type == URI.class ? broker.uri() : factory(type);
    }

    private Object factory(Class<?> type) {
        Object factory;
        try {
            factory = StockClient.connectionFactory(broker.uri());
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "a " + type.getName()
                            + " needs org.apache.activemq:activemq-client on the class path (5.x for javax.jms,"
                            + " 6.x for jakarta.jms)",
                    e);
        }
        if (!type.isInstance(factory)) {
            throw new IllegalStateException("the ActiveMQ client on the class path makes no " + type.getName()
                    + ": take 5.x for javax.jms, 6.x for jakarta.jms");
        }
        return factory;
    }

    @Override
    public void close() {
        broker.close();
        directory.ifPresent(RunningBroker::delete);
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("ferrymq-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
