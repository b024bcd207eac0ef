package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.openwire.command.WireThrowable;

/** Says a refusal in OpenWire: class names from the table in the client's own classes (exchanges, section 14). Stateless. */
final class Errors {
    // Codes of javax.transaction.xa.XAException.
    private static final int XAER_NOTA = -4;
    private static final int XAER_PROTO = -6;
    private static final int XA_RBROLLBACK = 100;

    /** For all clients, also those of jakarta. */
    private static final String XA_EXCEPTION = "javax.transaction.xa.XAException";

    /** Names of strangers end up in messages, and a string on the wire has at most 65535 bytes. */
    private static final int MOST_CHARS = 4096;

    private Errors() {}

    static WireThrowable of(Refusal refusal, Dialect dialect) {
        return new WireThrowable(
                className(refusal.code(), dialect), cut(refusal.message()) + xaErrorCode(refusal.code()));
    }

    /** An XA error code travels as the end of the message: the client reads it from there (exchanges, section 10). */
    private static String xaErrorCode(Refusal.Code code) {
        return switch (code) {
            case GLOBAL_TRANSACTION_UNKNOWN -> " xaErrorCode:" + XAER_NOTA;
            case GLOBAL_TRANSACTION_STATE -> " xaErrorCode:" + XAER_PROTO;
            case TRANSACTION_ROLLED_BACK -> " xaErrorCode:" + XA_RBROLLBACK;
            default -> "";
        };
    }

    /** What a client gets to know of its connection's end. */
    static WireThrowable io(String message) {
        return new WireThrowable("java.io.IOException", cut(message));
    }

    /** A message above the limit of a frame: what clients of ActiveMQ throw that look before they send. */
    static WireThrowable tooLarge(String message) {
        return new WireThrowable("org.apache.activemq.MaxFrameSizeExceededException", cut(message));
    }

    private static String cut(String message) {
        return message.length() <= MOST_CHARS ? message : message.substring(0, MOST_CHARS) + "...";
    }

    private static String className(Refusal.Code code, Dialect dialect) {
        return switch (code) {
            case INVALID_DESTINATION -> dialect.jms("InvalidDestinationException");
            case DESTINATION_DOES_NOT_EXIST -> "org.apache.activemq.DestinationDoesNotExistException";
            case INVALID_CLIENT_ID -> dialect.jms("InvalidClientIDException");
            case INVALID_SELECTOR -> dialect.jms("InvalidSelectorException");
            case INVALID_MESSAGE -> dialect.jms("MessageFormatException");
            case RESOURCE_LIMIT -> dialect.jms("ResourceAllocationException");
            case ILLEGAL_STATE -> "java.lang.IllegalStateException";
            case GLOBAL_TRANSACTION_UNKNOWN, GLOBAL_TRANSACTION_STATE, TRANSACTION_ROLLED_BACK -> XA_EXCEPTION;
            case DESTINATION_IN_USE,
                    SUBSCRIPTION_IN_USE,
                    INVALID_ACKNOWLEDGE,
                    TRANSACTION,
                    NOT_SUPPORTED,
                    UNKNOWN_PRODUCER,
                    UNAVAILABLE -> dialect.jms("JMSException");
            case DESTINATION_LIMIT -> dialect.jms("IllegalStateException");
        };
    }
}
