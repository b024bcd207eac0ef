package io.ferrymq.openwire.connection;

import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionControl;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.NullCommand;
import io.ferrymq.openwire.command.ShutdownInfo;
import io.ferrymq.openwire.command.WireFormatInfo;

/**
 * Where a connection is in its life, and which frames it may send there. The type code is checked before a frame is decoded, so
 * a stranger reaches nothing but the few commands of the handshake.
 *
 * <pre>
 *   HANDSHAKE --WireFormatInfo--&gt; NEGOTIATED --ConnectionInfo--&gt; CONNECTED --RemoveInfo(connection)--&gt; CLOSING
 *                                     |                              |  &lt;-------ConnectionInfo----------  |
 *                                     +--refused--&gt; REFUSED          |                                   |
 *                                                      |             |                                   |
 *                                                      +-------------+---- socket gone ------------------+--&gt; CLOSED
 * </pre>
 */
enum ConnectionState {
    HANDSHAKE,
    NEGOTIATED,
    CONNECTED,
    /** The client has said good-bye; its ShutdownInfo follows, or, from a pool or a resource adapter, the next ConnectionInfo. */
    CLOSING,
    /** ConnectionInfo was refused; the socket stays open a moment, so that the client can read why. */
    REFUSED,
    CLOSED;

    boolean allows(byte typeCode) {
        return switch (this) {
            case HANDSHAKE -> typeCode == WireFormatInfo.TYPE;
            case NEGOTIATED ->
                switch (typeCode) {
                    case ConnectionInfo.TYPE,
                            KeepAliveInfo.TYPE,
                            ShutdownInfo.TYPE,
                            // A failover client sends it before ConnectionInfo.
                            ConnectionControl.TYPE,
                            BrokerInfo.TYPE,
                            NullCommand.TYPE -> true;
                    default -> false;
                };
            case CONNECTED, CLOSING -> typeCode != WireFormatInfo.TYPE && typeCode != BrokerInfo.TYPE;
            case REFUSED, CLOSED -> true;
        };
    }

    /** Frames are thrown away unread. */
    boolean ignoresAll() {
        return this == REFUSED || this == CLOSED;
    }
}
