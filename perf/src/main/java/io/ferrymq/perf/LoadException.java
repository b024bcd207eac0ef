package io.ferrymq.perf;

/** A run whose figures must not be used. The message says why. */
final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LoadException(String message) {
        super(message);
    }
}
