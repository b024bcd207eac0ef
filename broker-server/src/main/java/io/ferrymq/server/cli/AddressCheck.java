package io.ferrymq.server.cli;

import io.ferrymq.BrokerConfig.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Tries the addresses before the broker is built: the store comes up first, and a broker that could not listen anyway must not
 * have created or recovered a data directory. The listener's own bind decides in the end.
 */
final class AddressCheck {
    private AddressCheck() {}

    static void check(List<Listener> listeners) {
        for (Listener listener : listeners) {
            if (listener.port() < 0 || listener.port() > 65535) {
                throw new CommandFailure(ExitCode.USAGE, "port: 0 to 65535, not " + listener.port());
            }
            tryToBind(listener);
        }
    }

    private static void tryToBind(Listener listener) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(listener.host()), listener.port()));
        } catch (UnknownHostException e) {
            throw refused(listener, "unknown host", e);
        } catch (IOException | SecurityException e) {
            throw refused(listener, String.valueOf(e.getMessage()), e);
        }
    }

    private static CommandFailure refused(Listener listener, String reason, Exception cause) {
        String address = listener.host() + ":" + listener.port();
        return new CommandFailure(ExitCode.FAILED, "cannot listen on " + address + ": " + reason, cause);
    }
}
