package io.ferrymq.selector;

/** Leaves the parser where a text stops being a selector. Without a stack trace, because clients decide how many there are. */
final class MalformedSelectorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final int column;

    /** @param column from 1 */
    MalformedSelectorException(String reason, int column) {
        super(reason + ": column=" + column, null, false, false);
        this.reason = reason;
        this.column = column;
    }

    String reason() {
        return reason;
    }

    int column() {
        return column;
    }
}
