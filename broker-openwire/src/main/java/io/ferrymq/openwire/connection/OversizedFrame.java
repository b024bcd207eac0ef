package io.ferrymq.openwire.connection;

/**
 * A frame larger than the limit. Unlike other violations it happens to honest clients, whose message was too large, so they are
 * told; in the words of ActiveMQ Classic. Without stack trace, because the peer sets the pace.
 */
final class OversizedFrame extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String[] UNITS = {" bytes", " KB", " MB", " GB"};

    OversizedFrame(int lengthBytes, int limitBytes, String hint) {
        super(
                "Frame size of " + readable(lengthBytes) + " is larger than max allowed " + readable(limitBytes)
                        + ": length=" + lengthBytes + ", limit=" + limitBytes + hint,
                null,
                false,
                false);
    }

    private static String readable(int bytes) {
        int unit = 0;
        int amount = bytes;
        for (; amount >= 1 << 10 && unit < UNITS.length - 1; unit++) {
            amount >>= 10;
        }
        return amount + UNITS[unit];
    }
}
