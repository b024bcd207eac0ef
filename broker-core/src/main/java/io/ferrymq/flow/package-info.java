/**
 * Words shared by all who move messages: deliveries and their sinks, receipts and refusals, credit, limits. Imports message.
 */
@NullMarked
package io.ferrymq.flow;

import org.jspecify.annotations.NullMarked;
