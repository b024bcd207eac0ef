/** Tests of messages as lines of JSON. */
@NullMarked
package io.ferrymq.server.lines;

import org.jspecify.annotations.NullMarked;
