package io.ferrymq;

/**
 * The one unchecked root of what FerryMQ throws: something that stops the caller's operation or the broker. The message says
 * what happened, to which thing, with which limit, and what to do.
 */
public class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A stable name for what went wrong. */
    public enum Code {
        /** A setting that cannot be used. */
        CONFIGURATION,
        /** The address to listen on cannot be bound. */
        BIND,
        /** The data directory cannot be used. */
        STORE_UNUSABLE,
        /** Another broker holds the data directory. */
        STORE_LOCKED,
        /** The data directory was written by a newer version or another engine. */
        STORE_FORMAT,
        /** The journal failed while running: no further promise can be kept. */
        STORE_FAILED,
        /** A fault of FerryMQ itself. */
        INTERNAL
    }

    private final Code code;

    public BrokerException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public BrokerException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
