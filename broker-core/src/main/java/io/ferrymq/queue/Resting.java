package io.ferrymq.queue;

import io.ferrymq.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message in a backlog whose record is about to be written again.
 *
 * @param place where it is in its backlog
 * @param lsn of its record now
 * @param message or null when its body is in the journal only
 */
public record Resting(
        long place,
        long sequence,
        long lsn,
        int redeliveries,
        @Nullable Message message) {}
