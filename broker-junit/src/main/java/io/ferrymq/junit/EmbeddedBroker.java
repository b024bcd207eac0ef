package io.ferrymq.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a broker on a free port of 127.0.0.1: on a class one for all its tests, on a method one for that test alone.
 *
 * <pre>{@code
 * @EmbeddedBroker
 * class OrdersTest {
 *     @EmbeddedBroker.Inject
 *     private ConnectionFactory factory;
 *
 *     @Test
 *     void shouldTakeOrders(URI address, Broker broker) {
 *     }
 * }
 * }</pre>
 *
 * <p>Parameters of tests, of their life cycle methods and of constructors, and fields marked with {@link Inject}, may be a
 * {@link io.ferrymq.Broker}, its {@link java.net.URI}, or a {@code ConnectionFactory} of {@code jakarta.jms} or {@code
 * javax.jms}, whichever the ActiveMQ client on the class path has.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EmbeddedBrokerExtension.class)
public @interface EmbeddedBroker {
    /** Name of the broker, as in {@code vm://name}; empty: the simple name of the test class. */
    String name() default "";

    /**
     * Whether it has a data directory: a temporary one, deleted after it has stopped. Needs {@code io.ferrymq:broker-store} on the
     * class path.
     */
    boolean persistent() default false;

    /** Marks a field that is set before each test; a static one before all. */
    @Documented
    @Target(ElementType.FIELD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Inject {}
}
