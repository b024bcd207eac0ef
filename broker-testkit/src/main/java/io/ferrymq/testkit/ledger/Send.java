package io.ferrymq.testkit.ledger;

/**
 * A producer's entry, appended once the outcome is known.
 *
 * @param key which message
 * @param outcome what the producer knows
 * @param atMs when the outcome was known, milliseconds since the epoch
 */
public record Send(MessageKey key, Outcome outcome, long atMs) {}
