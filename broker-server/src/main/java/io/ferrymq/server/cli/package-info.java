/**
 * The verbs of {@code ferrymq}: {@code run} starts a broker; the others are an ordinary client of one, over the wire, with the
 * stock ActiveMQ client. Main thread, and the shutdown hook's. May import core's root, {@code config}, picocli and the stock
 * client; it knows no engine and no protocol.
 */
@NullMarked
package io.ferrymq.server.cli;

import org.jspecify.annotations.NullMarked;
