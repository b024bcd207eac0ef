package io.ferrymq.perf;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Whether a JVM has compiled what its load needs: over the last seconds its JIT had next to none of its processor time. A fixed time would be
 * too long for one broker and too short for another, and what the JIT still does then is counted per message.
 */
final class WarmUp {
    static final int QUIET_SECONDS = 10;
    static final double QUIET_SHARE = 0.05;

    private final Deque<ProcessUsage> last = new ArrayDeque<>();

    /** @param now what the JVM has used by now; to be told once a second */
    boolean isOver(ProcessUsage now) {
        last.addLast(now);
        if (last.size() <= QUIET_SECONDS) {
            return false;
        }
        ProcessUsage used = now.since(last.removeFirst());
        return used.compilerUs() < QUIET_SHARE * used.cpuUs();
    }
}
