/**
 * Clocks and timers, handed in so that tests can move them. Imports only the JDK.
 */
@NullMarked
package io.ferrymq.time;

import org.jspecify.annotations.NullMarked;
