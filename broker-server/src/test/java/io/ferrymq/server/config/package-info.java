/** Tests of configuration files. */
@NullMarked
package io.ferrymq.server.config;

import org.jspecify.annotations.NullMarked;
