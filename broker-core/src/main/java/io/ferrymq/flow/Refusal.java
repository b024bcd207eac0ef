package io.ferrymq.flow;

/** Why a request was not done: a stable code that protocols map to their errors, and a sentence for people. */
public record Refusal(Code code, String message) {
    /** What kind of refusal; protocols map each to an error of theirs. */
    public enum Code {
        /** A name that cannot be used, or a temporary destination of another connection. */
        INVALID_DESTINATION,
        /** A temporary destination that does not exist (any more). */
        DESTINATION_DOES_NOT_EXIST,
        /** Removing a destination that still has consumers. */
        DESTINATION_IN_USE,
        /** A durable subscription that has a consumer already. */
        SUBSCRIPTION_IN_USE,
        /** The client id is missing or in use by another connection. */
        INVALID_CLIENT_ID,
        /** A selector that cannot be used. */
        INVALID_SELECTOR,
        /** A message that says something impossible, for instance when it is to be sent. */
        INVALID_MESSAGE,
        /** A limit of the broker is reached. */
        RESOURCE_LIMIT,
        /** There are as many destinations as there may be. */
        DESTINATION_LIMIT,
        /** An acknowledgement that matches nothing dispatched, or is not allowed here. */
        INVALID_ACKNOWLEDGE,
        /** A transaction that is unknown or in the wrong state. */
        TRANSACTION,
        /** A global transaction that the broker does not know (XAER_NOTA). */
        GLOBAL_TRANSACTION_UNKNOWN,
        /** Not in the state a global transaction is in (XAER_PROTO). */
        GLOBAL_TRANSACTION_STATE,
        /** Something in the transaction, local or global, had failed: it is rolled back (XA_RBROLLBACK). */
        TRANSACTION_ROLLED_BACK,
        /** A session, producer or consumer that the connection did not register, or a duplicate of one. */
        ILLEGAL_STATE,
        /** A message of a producer that the connection did not register. */
        UNKNOWN_PRODUCER,
        /** Something that this version of FerryMQ does not do. */
        NOT_SUPPORTED,
        /** The broker is stopping, or its journal has failed. */
        UNAVAILABLE
    }

    /** What a commit or a prepare is told that had to be a rollback, because of this. */
    public Refusal rolledBack() {
        return code == Code.TRANSACTION_ROLLED_BACK
                ? this
                : new Refusal(
                        Code.TRANSACTION_ROLLED_BACK,
                        "COMMIT FAILED: Transaction marked rollback only, because: " + message);
    }

    @Override
    public String toString() {
        return code + ": " + message;
    }
}
