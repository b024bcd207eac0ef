package io.ferrymq.testkit.ledger;

/**
 * A consumer's entry, appended for every delivery.
 *
 * @param key which message
 * @param consumer who saw it: one name for one subscription on one destination; a consumer that is opened again takes a new name
 * @param redelivered whether the delivery was flagged as not the first
 * @param order position in the ledger; the entries of one consumer are in the order in which it saw the messages
 * @param atMs when, milliseconds since the epoch
 */
public record Sighting(MessageKey key, String consumer, boolean redelivered, long order, long atMs) {}
