/**
 * The structures of OpenWire 1 to 12 as they are on the wire: one class per structure, public fields with the names of the
 * protocol, and one method that names the fields in wire order. They are images of bytes, not a domain model, which is why
 * they are mutable and have no accessors.
 *
 * <p>Owner thread: the I/O thread of the connection a structure was decoded on, until it hands it over. Ids, destinations and
 * transaction ids are shared between commands by the object cache and are never changed after they were decoded.
 *
 * <p>Allowed imports: the JDK and jspecify.
 */
@NullMarked
package io.ferrymq.openwire.command;

import org.jspecify.annotations.NullMarked;
