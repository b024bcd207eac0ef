/**
 * Snapshots made from the log alone: what is left of a snapshot and the records behind it, as the next snapshot. Owned by whoever makes one;
 * imports message, selector, journal, queue.
 */
@NullMarked
package io.ferrymq.snapshot;

import org.jspecify.annotations.NullMarked;
