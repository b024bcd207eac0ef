/** The embedding API: a broker, its builder and its configuration. Imports everything in core. */
@NullMarked
package io.ferrymq;

import org.jspecify.annotations.NullMarked;
