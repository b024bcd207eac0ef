package io.ferrymq.perf;

import java.util.concurrent.Semaphore;

/** Whether what happens now is measured, and whether clients go on. Set by the thread of the run, read by every client. */
final class Window {
    /** More than any run sends. */
    private static final int UNBOUNDED = Integer.MAX_VALUE / 2;

    /** How many messages may still be taken where a backlog is to be kept. */
    private final Semaphore permits = new Semaphore(0);

    private volatile boolean open;
    private volatile boolean sending = true;
    private volatile String problem = "";

    void open() {
        open = true;
    }

    void close() {
        open = false;
    }

    boolean isOpen() {
        return open;
    }

    /** What is left may be taken. */
    void stopSending() {
        sending = false;
        permits.release(UNBOUNDED);
    }

    /** For each message sent one may be taken. */
    void permit(int messages) {
        permits.release(messages);
    }

    void awaitPermit() {
        permits.acquireUninterruptibly();
    }

    boolean isSending() {
        return sending && problem.isEmpty();
    }

    /** The first problem is kept; what follows it is its echo. */
    void fail(String what, Exception cause) {
        if (problem.isEmpty()) {
            problem = what + ": "
                    + String.valueOf(cause.getMessage()).lines().findFirst().orElse("no message");
        }
    }

    String problem() {
        return problem;
    }
}
