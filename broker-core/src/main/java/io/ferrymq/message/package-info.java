/**
 * What travels: messages, their ids, and the names of destinations. Immutable values, any thread; imports only the JDK.
 */
@NullMarked
package io.ferrymq.message;

import org.jspecify.annotations.NullMarked;
