/**
 * Netty once: event loops, listeners, the life of connections, and how back-pressure reaches a socket. Knows no protocol: what
 * travels is decided by the pipeline that a protocol hands in.
 *
 * <p>Owner thread: everything that belongs to one connection is owned by that connection's event loop, unless a method says
 * that any thread may call it.
 *
 * <p>Allowed imports: the JDK, SLF4J, Netty, JCTools, {@code io.ferrymq} (exceptions) and {@code io.ferrymq.flow}.
 */
@NullMarked
package io.ferrymq.transport;

import org.jspecify.annotations.NullMarked;
