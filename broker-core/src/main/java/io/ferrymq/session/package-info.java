/**
 * The inbound port: what a protocol may ask of the broker. A client belongs to its connection's I/O thread. Imports route, shard and lower.
 */
@NullMarked
package io.ferrymq.session;

import org.jspecify.annotations.NullMarked;
