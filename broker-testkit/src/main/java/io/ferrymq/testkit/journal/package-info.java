/**
 * What every journal must do ({@link io.ferrymq.testkit.journal.JournalContract}) and what tests of journals share.
 *
 * <p>Owner thread: the test. Allowed imports: broker-core, JUnit, AssertJ, Awaitility.
 */
@NullMarked
package io.ferrymq.testkit.journal;

import org.jspecify.annotations.NullMarked;
