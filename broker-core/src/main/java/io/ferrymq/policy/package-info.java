/**
 * What can be set per destination, and how the settings of one are found. Immutable; imports message.
 */
@NullMarked
package io.ferrymq.policy;

import org.jspecify.annotations.NullMarked;
