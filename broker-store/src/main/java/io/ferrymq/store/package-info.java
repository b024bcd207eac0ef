/**
 * The journal on disk: group commit, checksums, segments and recovery over a small engine port, with Chronicle Queue and
 * plain files as engines. The bytes are described in docs/journal-format.md.
 *
 * <p>Owner thread: everything but the queues of {@link io.ferrymq.store.GroupCommitJournal} belongs to the caller until
 * {@code start}, then to whoever runs the writer: {@link io.ferrymq.store.JournalThread}. Allowed imports: broker-core, JCTools, SLF4J; Chronicle
 * only in classes named Chronicle.
 */
@NullMarked
package io.ferrymq.store;

import org.jspecify.annotations.NullMarked;
