package io.ferrymq.openwire.connection;

/** A peer does what no OpenWire client does. Costs it its connection; without stack trace, because the peer sets the pace. */
final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProtocolViolation(String what) {
        super(what, null, false, false);
    }
}
