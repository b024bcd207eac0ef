package io.ferrymq.openwire.codec;

/**
 * Bytes that are not OpenWire, or break a limit. Fatal for the connection they came from and for nothing else: after it the
 * object cache of that direction is unknown. It has no stack trace, because the peer decides how many of these there are.
 */
public final class MalformedFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param what what is wrong, for instance "string exceeds frame"
     * @param offset where in the frame (or map), counted from its first byte
     * @param length the offending number as it was read
     * @param limit what it must not exceed
     */
    public MalformedFrameException(String what, int offset, long length, long limit) {
        super(what + ": offset=" + offset + ", length=" + length + ", limit=" + limit, null, false, false);
    }
}
