/**
 * The composition root: what turns the modules into a program. Main thread. May import everything; nothing imports it.
 */
@NullMarked
package io.ferrymq.server;

import org.jspecify.annotations.NullMarked;
