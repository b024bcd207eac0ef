/** Tests of the command line without a broker. */
@NullMarked
package io.ferrymq.server.cli;

import org.jspecify.annotations.NullMarked;
