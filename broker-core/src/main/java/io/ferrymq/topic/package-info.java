/**
 * Topics and their subscriptions as state machines. Owned by a shard's thread; imports message, time, flow, queue.
 */
@NullMarked
package io.ferrymq.topic;

import org.jspecify.annotations.NullMarked;
