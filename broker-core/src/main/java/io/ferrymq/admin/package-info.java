/**
 * What operators see and do. Any thread but the broker's own; imports session, shard and lower.
 */
@NullMarked
package io.ferrymq.admin;

import org.jspecify.annotations.NullMarked;
