package io.ferrymq.server.cli;

import io.ferrymq.Broker;
import io.ferrymq.journal.Journal;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ferrymq store compact}. */
@Command(
        name = "compact",
        description = {
            "Write again what the old segments of a data directory still hold, and remove them. No broker may use it.",
            "A running broker does that by itself when half of what the segments take is dead; this goes on until less than an "
                    + "eighth is."
        },
        sortOptions = false)
final class StoreCompactVerb implements Callable<Integer> {
    /** Longer than a broker takes from one segment to the next. */
    private static final long QUIET_MS = 5_000;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "DIR", description = "The data directory.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Override
    public Integer call() {
        if (!Files.exists(directory.resolve("FORMAT"))) {
            throw new CommandFailure(ExitCode.USAGE, "not a data directory: " + directory);
        }
        PrintWriter err = spec.commandLine().getErr();
        try (Broker broker =
                Broker.builder().name("compact").dataDirectory(directory).start()) {
            int before = broker.admin().journal().segments();
            Optional<Journal.Status> after = broker.admin().compact(QUIET_MS);
            err.println("segments=" + before + ", now="
                    + after.map(Journal.Status::segments).orElse(before));
            err.flush();
            return after.isPresent() && !after.get().failed() ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
