package io.ferrymq.testkit.ledger;

/** What a producer knows about a send. */
public enum Outcome {
    /** The broker answered: the message must be seen. */
    ACKED,
    /** The connection broke before an answer came: the message may be seen, or not. */
    UNKNOWN,
    /** The broker refused, or the send never left: the message must not be seen. */
    FAILED
}
