/**
 * From the names clients use to the destinations they mean. Immutable; imports message, flow.
 */
@NullMarked
package io.ferrymq.route;

import org.jspecify.annotations.NullMarked;
