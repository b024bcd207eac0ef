package io.ferrymq.openwire.connection;

import io.ferrymq.session.Client;
import io.ferrymq.session.Sessions;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Hands on what the clients of one event loop have asked for, once per turn of the loop, so that a shard is entered once for all of
 * them, and the journal is written for all of them. After a turn in which several have asked, more are likely to have done so meanwhile:
 * then the journal waits for what the sockets have by now, and all of it shares a sync. Owned by that event loop.
 */
final class Flushes {
    private final EventLoop loop;
    private final Sessions sessions;
    private final List<Client> clients = new ArrayList<>();
    private boolean writesNextTurn;

    Flushes(EventLoop loop, Sessions sessions) {
        this.loop = loop;
        this.sessions = sessions;
    }

    /** The client may have asked for something. */
    void later(Client client) {
        if (clients.isEmpty()) {
            loop.execute(this::flush);
        }
        clients.add(client);
    }

    private void flush() {
        try {
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).flushHere();
            }
        } finally {
            boolean several = clients.size() > 1;
            clients.clear();
            writeSoon(several);
        }
    }

    private void writeSoon(boolean several) {
        if (writesNextTurn) {
            return; // that takes this along
        }
        if (several) {
            writesNextTurn = true;
            loop.schedule(this::write, 0, TimeUnit.NANOSECONDS); // due behind the tasks of the next turn
        } else {
            sessions.writeHere();
        }
    }

    private void write() {
        writesNextTurn = false;
        sessions.writeHere();
    }
}
