package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.openwire.command.WireThrowable;

/** Says a refusal in OpenWire: class names from the table in the client's own classes (exchanges, section 14). Stateless. */
final class Errors {
    private static final String XA_EXCEPTION = "javax.transaction.xa.XAException";

    /** Names of strangers end up in messages, and a string on the wire has at most 65535 bytes. */
    private static final int MOST_CHARS = 4096;

    private Errors() {}

    static WireThrowable of(Refusal refusal, Dialect dialect) {
        return new WireThrowable(className(refusal.code(), dialect), cut(refusal.message()));
    }

    /** What a client gets to know of its connection's end. */
    static WireThrowable io(String message) {
        return new WireThrowable("java.io.IOException", cut(message));
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
            case RESOURCE_LIMIT -> dialect.jms("ResourceAllocationException");
            case ILLEGAL_STATE -> "java.lang.IllegalStateException";
            case DESTINATION_LIMIT -> dialect.jms("IllegalStateException");
            case DESTINATION_IN_USE, INVALID_ACKNOWLEDGE, TRANSACTION, UNKNOWN_PRODUCER, NOT_SUPPORTED, UNAVAILABLE ->
                dialect.jms("JMSException");
        };
    }

    /**
     * XA has its own exception, javax for all clients, and its error code travels as the end of the message: the client reads
     * it from there (exchanges, section 10).
     */
    static WireThrowable xa(String message, int errorCode) {
        return new WireThrowable(XA_EXCEPTION, cut(message) + " xaErrorCode:" + errorCode);
    }
}
