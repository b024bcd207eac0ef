package io.ferrymq.message;

/** A message that waits for its time, with the identity of the job that will send it, and when it does so next. */
public record ScheduledMessage(String jobId, long dueMs, Message message) {}
