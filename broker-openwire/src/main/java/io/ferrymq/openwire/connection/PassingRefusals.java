package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients that were sent away and come again by themselves, of all event loops; any thread. */
final class PassingRefusals {
    private static final Logger LOG = LoggerFactory.getLogger(PassingRefusals.class);

    private final AtomicLong total = new AtomicLong();

    /** A line for the 1st, 2nd, 4th, 8th...: they come every few seconds, for as long as it takes. */
    void count(SocketAddress peer, Refusal refusal) {
        long refused = total.incrementAndGet();
        if (Long.bitCount(refused) == 1) {
            LOG.warn(
                    "Connection closed, its client may try again: peer={}, reason={}, refusedSoFar={}",
                    peer,
                    Printable.of(refusal.toString()),
                    refused);
        }
    }
}
