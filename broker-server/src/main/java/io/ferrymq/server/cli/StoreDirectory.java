package io.ferrymq.server.cli;

import io.ferrymq.BrokerException;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.openwire.OpenWireProvider;
import io.ferrymq.store.StoreInspection;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The data directory that a verb reads. */
final class StoreDirectory {
    static final PropertyFormat PROPERTIES = new OpenWireProvider().properties();

    @Parameters(paramLabel = "DIR", description = "The data directory.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    Path path() {
        return directory;
    }

    /** @throws CommandFailure when it is none, or cannot be read */
    StoreInspection inspect() {
        try {
            return StoreInspection.of(directory, PROPERTIES);
        } catch (BrokerException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}
