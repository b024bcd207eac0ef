/**
 * From the names clients use to the destinations they mean. Immutable but for the way of a message, which belongs to the thread that sends it;
 * imports message, flow, selector, policy, shard.
 */
@NullMarked
package io.ferrymq.route;

import org.jspecify.annotations.NullMarked;
