package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.openwire.command.WireThrowable;

/** Says a refusal in OpenWire: class names from the table in the client's own classes (exchanges, section 14). Stateless. */
final class Errors {
    private static final String XA_EXCEPTION = "javax.transaction.xa.XAException";

    private Errors() {}

    static WireThrowable of(Refusal refusal, Dialect dialect) {
        return new WireThrowable(className(refusal.code(), dialect), refusal.message());
    }

    private static String className(Refusal.Code code, Dialect dialect) {
        return switch (code) {
            case INVALID_DESTINATION -> dialect.jms("InvalidDestinationException");
            case DESTINATION_DOES_NOT_EXIST -> "org.apache.activemq.DestinationDoesNotExistException";
            case INVALID_CLIENT_ID -> dialect.jms("InvalidClientIDException");
            case INVALID_SELECTOR -> dialect.jms("InvalidSelectorException");
            case RESOURCE_LIMIT -> dialect.jms("ResourceAllocationException");
            case ILLEGAL_STATE -> "java.lang.IllegalStateException";
            case DESTINATION_IN_USE, INVALID_ACKNOWLEDGE, TRANSACTION, NOT_SUPPORTED, UNAVAILABLE ->
                dialect.jms("JMSException");
        };
    }

    /**
     * XA has its own exception, javax for all clients, and its error code travels as the end of the message: the client reads
     * it from there (exchanges, section 10).
     */
    static WireThrowable xa(String message, int errorCode) {
        return new WireThrowable(XA_EXCEPTION, message + " xaErrorCode:" + errorCode);
    }
}
