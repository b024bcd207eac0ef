/**
 * A queue as a state machine: backlog (hard state) and dispatcher (soft state). Owned by a shard's thread; imports message, time, flow. No locks, no clock of its own, no I/O.
 */
@NullMarked
package io.ferrymq.queue;

import org.jspecify.annotations.NullMarked;
