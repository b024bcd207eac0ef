/**
 * {@code vm://} for the stock ActiveMQ client: connections to a broker in the same JVM, which is started if it is not there.
 *
 * <pre>
 *   VmTransportFactory -- VmUrl --&gt; VmTransport --&gt; VmBrokers --&gt; Home (one name) --&gt; Broker
 *                                                      ^-- VmObserver &lt;-- every broker that starts
 * </pre>
 *
 * <p>What is used of the client has the same signatures in 5.15 to 6.x, and nothing of it is from JMS, so one jar serves javax
 * and jakarta.
 *
 * <p>Owner thread: none; what is shared between connections is guarded by locks, and waits. Nothing here runs on an event loop.
 *
 * <p>Allowed imports: the JDK, SLF4J, {@code org.apache.activemq} (transport, util, wireformat, openwire), {@code
 * io.ferrymq}, {@code io.ferrymq.spi}, {@code io.ferrymq.transport} and {@code io.ferrymq.openwire}.
 */
@NullMarked
package io.ferrymq.client.vm;

import org.jspecify.annotations.NullMarked;
