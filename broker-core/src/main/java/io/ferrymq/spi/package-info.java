/**
 * What can be plugged in: protocols, journals, and who wants to know of brokers. Imports session, journal and lower.
 */
@NullMarked
package io.ferrymq.spi;

import org.jspecify.annotations.NullMarked;
