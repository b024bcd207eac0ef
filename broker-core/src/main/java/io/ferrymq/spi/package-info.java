/**
 * What can be plugged in: protocols and journals. Imports session, journal and lower.
 */
@NullMarked
package io.ferrymq.spi;

import org.jspecify.annotations.NullMarked;
