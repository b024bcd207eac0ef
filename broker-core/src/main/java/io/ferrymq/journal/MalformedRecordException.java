package io.ferrymq.journal;

/** Bytes that are not a record: damaged, cut off, or written by a newer version. */
public final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message) {
        super(message);
    }
}
