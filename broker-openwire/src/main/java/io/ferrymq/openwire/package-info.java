/**
 * OpenWire 1 to 12, the protocol of ActiveMQ Classic: how the broker finds it. The bytes are in {@code codec} and {@code
 * command}, the life of connections in {@code connection}.
 *
 * <p>Owner thread: none, everything here is stateless.
 *
 * <p>Allowed imports: {@code io.ferrymq.spi}, {@code io.ferrymq.session} and the sub-packages.
 */
@NullMarked
package io.ferrymq.openwire;

import org.jspecify.annotations.NullMarked;
