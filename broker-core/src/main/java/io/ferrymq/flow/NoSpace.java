package io.ferrymq.flow;

/**
 * What becomes of a send for which there is no room, in memory or on the disk. The names are those of ActiveMQ's systemUsage.
 *
 * @param sendFailIfNoSpace it is refused at once; else it waits until there is room
 * @param sendFailIfNoSpaceAfterTimeoutMs it is refused when it has waited so long; 0: it waits for ever
 */
public record NoSpace(boolean sendFailIfNoSpace, long sendFailIfNoSpaceAfterTimeoutMs) {
    /** Producers wait. */
    public static final NoSpace HOLD = new NoSpace(false, 0);

    public NoSpace {
        if (sendFailIfNoSpaceAfterTimeoutMs < 0) {
            throw new IllegalArgumentException(
                    "sendFailIfNoSpaceAfterTimeoutMs: 0 or more, not " + sendFailIfNoSpaceAfterTimeoutMs);
        }
    }
}
