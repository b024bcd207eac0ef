/** Rules that hold for all modules: arrows, levels, names, sizes. */
@NullMarked
package io.ferrymq.server.architecture;

import org.jspecify.annotations.NullMarked;
