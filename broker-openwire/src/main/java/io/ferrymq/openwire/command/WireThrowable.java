package io.ferrymq.openwire.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception as data. No class is ever loaded by a name from the wire: that is how peers were made to run code.
 *
 * @param className what the peer would instantiate, for instance {@code jakarta.jms.InvalidClientIDException}; null only when
 *     a peer sent no name
 * @param message stock writers of versions 1 and 10 fail on null
 * @param frames on the wire only when stack traces were negotiated
 * @param cause likewise
 */
public record WireThrowable(
        @Nullable String className,
        @Nullable String message,
        List<Frame> frames,
        @Nullable WireThrowable cause) {

    public WireThrowable {
        frames = List.copyOf(frames);
    }

    /** Without stack trace and cause. */
    public WireThrowable(String className, @Nullable String message) {
        this(className, message, List.of(), null);
    }

    /** One line of a stack trace. {@code line} is -2 for a native method and -1 when unknown. */
    public record Frame(
            @Nullable String className,
            @Nullable String method,
            @Nullable String file,
            int line) {}
}
