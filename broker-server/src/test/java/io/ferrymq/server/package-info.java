/** Tests of the program as a whole: the real jar in a child process. */
@NullMarked
package io.ferrymq.server;

import org.jspecify.annotations.NullMarked;
