/**
 * Configuration files: YAML in, settings of {@code Broker.Builder} out, every mistake with its line. Caller's thread, no state.
 * May import core's root and {@code flow}, and Jackson's streaming parser; nothing is ever bound to a class by name.
 */
@NullMarked
package io.ferrymq.server.config;

import org.jspecify.annotations.NullMarked;
