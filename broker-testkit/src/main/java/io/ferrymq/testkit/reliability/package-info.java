/**
 * What the reliability rigs found, as one table. A rig adds a {@code Trial} when it has ended, in whatever module and JVM it runs. Owner thread: the test.
 * Imports the JDK and the ledger.
 */
@NullMarked
package io.ferrymq.testkit.reliability;

import org.jspecify.annotations.NullMarked;
