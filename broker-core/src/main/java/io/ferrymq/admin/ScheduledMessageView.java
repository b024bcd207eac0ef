package io.ferrymq.admin;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Schedule;

/** A moment's picture of one message that waits for its time: next due at {@code dueMs}, milliseconds since the epoch. */
public record ScheduledMessageView(
        String jobId, DestinationName destination, String messageId, long dueMs, Schedule schedule) {}
