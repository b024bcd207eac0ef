/**
 * Says whether messages were lost, invented, repeated or reordered. Producers and consumers of a test append what they did to a {@code Ledger}, from any
 * thread; when they are done the {@code Verdict} is drawn from the whole. Knows no JMS and no broker. Imports the JDK and the core's clock.
 */
@NullMarked
package io.ferrymq.testkit.ledger;

import org.jspecify.annotations.NullMarked;
