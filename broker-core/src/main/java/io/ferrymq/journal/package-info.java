/**
 * The log that feeds the broker: the port {@link io.ferrymq.journal.Journal}, the records it carries, their bytes ({@link
 * io.ferrymq.journal.RecordCodec}) and a journal without a disk ({@link io.ferrymq.journal.MemoryJournal}).
 *
 * <p>Owner thread: records and the codec have none; each journal says who owns its state. Allowed imports: the JDK, {@code
 * message}, {@code io.ferrymq.BrokerException}.
 */
@NullMarked
package io.ferrymq.journal;

import org.jspecify.annotations.NullMarked;
