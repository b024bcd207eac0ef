package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A measurement with a name: what it does, in the words of the command line, and what FerryMQ is to reach in it. */
record Scenario(String name, Kind kind, String words, List<Goal> goals) {
    enum Kind {
        /** Clients that send and receive. */
        LOAD(3),
        /** The same for long, watching for what grows. */
        SOAK(1),
        /** Connections in which nothing happens. */
        IDLE(3),
        /** From nothing to a broker that works. */
        START(3);

        private final int turns;

        Kind(int turns) {
            this.turns = turns;
        }

        /** How often it is done, unless the command line says. */
        int turns() {
            return turns;
        }

        /** The ceiling is a file, to which only a load can be compared. */
        boolean knows(Peer peer) {
            return peer != Peer.CEILING || this == LOAD;
        }
    }

    /** The command line has changed what it does, and targets were made for what it did. */
    Scenario withoutGoals() {
        return new Scenario(name, kind, words, List.of());
    }

    Arguments arguments() {
        return Arguments.parse(words.isEmpty() ? new String[0] : words.split(" "), RunMain.VALUED, Workload.FLAGS);
    }

    /** FerryMQ and whom it is to be compared with. */
    List<Peer> peers() {
        Set<Peer> peers = EnumSet.of(Peer.FERRYMQ);
        for (Goal goal : goals) {
            if (goal.against() != null) {
                peers.add(goal.against());
            }
        }
        return new ArrayList<>(peers);
    }

    String title(LoadSettings settings) {
        return switch (kind) {
            case LOAD -> settings.workload().inWords();
            case SOAK -> settings.workload().inWords() + ", for long";
            case IDLE ->
                settings.workload().idle() + " idle connections with a consumer each, keep-alives "
                        + (settings.workload().keepAliveS() > 0
                                ? "every " + settings.workload().keepAliveS() + " s"
                                : "never");
            case START -> "from nothing to the first message, and to an open port";
        };
    }
}
