/**
 * OpenWire 1 to 12 as bytes: frames to structures and back, loose and tight, with and without the object cache.
 *
 * <p>{@link io.ferrymq.openwire.codec.WireFormat} is the entry: the state of one connection, owned by its I/O thread. Readers
 * check every length against what has arrived before they allocate, so a hostile frame costs no more than its own bytes.
 *
 * <p>Allowed imports: the JDK, jspecify, {@code io.netty.buffer} and {@code io.ferrymq.openwire.command}.
 */
@NullMarked
package io.ferrymq.openwire.codec;

import org.jspecify.annotations.NullMarked;
