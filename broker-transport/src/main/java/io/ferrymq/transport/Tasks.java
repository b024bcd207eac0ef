package io.ferrymq.transport;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;

/** Hands tasks to event loops that may be gone. */
public final class Tasks {
    private Tasks() {}

    /** False when the loop has ended: then its connections have ended too, and the task has nobody left to serve. */
    public static boolean execute(EventExecutor loop, Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
