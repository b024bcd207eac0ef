package io.ferrymq.openwire.connection;

import io.ferrymq.openwire.codec.MalformedFrameException;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a connection on which something went wrong: it is closed, and nothing else is. Owned by its event loop.
 *
 * <p>A peer that breaks the protocol gets one line in the log, however much it breaks; a broken socket is everyday life and
 * gets none; neither does memory that ran out need a stack; a fault of ours is shown in full.
 */
final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final Channel channel;
    private boolean blamed;

    Faults(Channel channel) {
        this.channel = channel;
    }

    void on(Throwable thrown) {
        Throwable cause = cause(thrown);
        if (cause instanceof ProtocolViolation
                || cause instanceof OversizedFrame
                || cause instanceof MalformedFrameException) {
            violation(String.valueOf(cause.getMessage()));
        } else if (cause instanceof SSLException) {
            violation("TLS failed: " + cause.getMessage());
        } else if (cause instanceof IOException) {
            LOG.debug("Connection broken: peer={}, reason={}", channel.remoteAddress(), cause.getMessage());
            channel.close();
        } else if (cause instanceof OutOfMemoryError) {
            LOG.error(
                    "Connection closed, no memory for what it sends or is sent: peer={}, reason={}",
                    channel.remoteAddress(),
                    cause.getMessage());
            channel.close();
        } else {
            LOG.error("Connection closed, a fault of the broker: peer={}", channel.remoteAddress(), cause);
            channel.close();
        }
    }

    /** What Netty has wrapped. */
    static Throwable cause(Throwable thrown) {
        return thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    void violation(String what) {
        blame(what);
        channel.close();
    }

    /** Likewise, of a message that was refused; the connection goes on. */
    void refused(String what) {
        if (!blamed) {
            blamed = true;
            LOG.warn(
                    "Message refused, and no more said of this connection: peer={}, {}", channel.remoteAddress(), what);
        }
    }

    /** The line in the log; whoever asks for it closes the connection. */
    void blame(String what) {
        if (!blamed) {
            blamed = true;
            LOG.warn("Connection closed, protocol violation: peer={}, {}", channel.remoteAddress(), Printable.of(what));
        }
    }
}
