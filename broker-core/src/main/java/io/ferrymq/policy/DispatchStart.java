package io.ferrymq.policy;

/**
 * What a queue waits for when a consumer comes and there has been none, before it gives anybody anything.
 *
 * @param consumers so many, the first one counted (ActiveMQ's consumersBeforeDispatchStarts); 0: for none
 * @param timeMs and no longer than that, or so long where it waits for nobody, milliseconds (ActiveMQ's timeBeforeDispatchStarts); 0:
 *     not at all, or a second where it waits for consumers
 */
public record DispatchStart(int consumers, long timeMs) {
    /** As in ActiveMQ. */
    private static final long LONGEST_MS = 1_000;

    /** Does not wait. */
    public static final DispatchStart AT_ONCE = new DispatchStart(0, 0);

    public DispatchStart {
        if (consumers < 0 || timeMs < 0) {
            throw new IllegalArgumentException(
                    "0 or more: consumersBeforeDispatchStarts=" + consumers + ", timeBeforeDispatchStartsMs=" + timeMs);
        }
    }

    public boolean waits() {
        return consumers > 1 || (consumers == 0 && timeMs > 0);
    }

    /** After which it waits no longer, milliseconds. */
    public long longestMs() {
        return timeMs > 0 ? timeMs : LONGEST_MS;
    }
}
