/**
 * Changes to several destinations that take effect together. Owned by a shard's thread until committed; imports message, flow, journal, queue.
 */
@NullMarked
package io.ferrymq.transaction;

import org.jspecify.annotations.NullMarked;
