/**
 * What can be set per destination, how the settings of one are found, and which names stand for others. Immutable; imports message.
 */
@NullMarked
package io.ferrymq.policy;

import org.jspecify.annotations.NullMarked;
