package io.ferrymq.server.lines;

/** A line that says nothing that could be imported. */
public final class MalformedLineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedLineException(String message) {
        super(message);
    }
}
