package io.ferrymq.perf;

/** Whether what happens now is measured, and whether clients go on. Set by the thread of the run, read by every client. */
final class Window {
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

    void stopSending() {
        sending = false;
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
