package io.ferrymq.flow;

/**
 * How long a consumer that holds messages has acknowledged none, as one part of it sees who asks from time to time. Owned by the shard of that
 * part.
 */
public final class Silence {
    private static final long NS_PER_MS = 1_000_000;

    private final Window window;
    private long acknowledgements;
    /** 0 when it had nothing to acknowledge. */
    private long sinceNs;

    public Silence(Window window) {
        this.window = window;
    }

    /** Whether it has lasted for so long; once in such a time. */
    public boolean lasts(long ms, long nowNs) {
        long now = window.acknowledgements();
        boolean holds = window.outstanding() > 0;
        if (!holds || sinceNs == 0 || now != acknowledgements) {
            acknowledgements = now;
            sinceNs = holds ? nowNs : 0;
            return false;
        }
        boolean lasts = (nowNs - sinceNs) / NS_PER_MS >= ms;
        if (lasts) {
            sinceNs = nowNs;
        }
        return lasts;
    }
}
