/**
 * The broker's side of OpenWire connections: handshake, commands to the ports of the core, answers and deliveries back.
 *
 * <p>Owner thread: each connection and all that belongs to it is owned by its event loop. What other threads may call says so;
 * that is {@link io.ferrymq.openwire.connection.Link} and the receipts. What is told of connections to others is owned by one of
 * the loops, see {@link io.ferrymq.openwire.connection.Advisories}.
 *
 * <pre>
 *   socket --&gt; ActivityMonitor --&gt; FrameSplitter --&gt; Connection --&gt; *Commands --&gt; session.Client   (event loop)
 *   socket &lt;-- ActivityMonitor &lt;-- OutboundQueue &lt;-- Link &lt;---------- Receipt, DeliverySink         (any thread)
 * </pre>
 *
 * <p>Allowed imports: the JDK, SLF4J, Netty, {@code io.ferrymq.transport}, the codec and command packages, and of the core
 * {@code message}, {@code flow}, {@code observe}, {@code session}, {@code spi}, {@code time}, {@code transaction}.
 */
@NullMarked
package io.ferrymq.openwire.connection;

import org.jspecify.annotations.NullMarked;
