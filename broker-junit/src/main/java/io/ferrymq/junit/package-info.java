/**
 * Brokers for tests with JUnit Jupiter: {@link io.ferrymq.junit.EmbeddedBroker}.
 *
 * <p>Owner thread: the one that runs the test class. The state of a broker is in JUnit's store, so tests may run in parallel.
 *
 * <p>Allowed imports: the JDK, {@code org.junit.jupiter.api} as of 5.10, {@code io.ferrymq}, and {@code org.apache.activemq} in
 * one class that is loaded only when a test asks for a connection factory.
 */
@NullMarked
package io.ferrymq.junit;

import org.jspecify.annotations.NullMarked;
