/**
 * Keys and certificates for tests, made when they are needed. Used by one thread. Imports the JDK and the core's configuration.
 */
@NullMarked
package io.ferrymq.testkit.tls;

import org.jspecify.annotations.NullMarked;
