package io.ferrymq.server.cli;

import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.StoreConfig.SyncMode;
import io.ferrymq.server.config.ConfigurationFile;
import io.ferrymq.server.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ferrymq run}. */
@Command(
        name = "run",
        description = {
            "Start a broker and run it until SIGTERM or Ctrl-C.",
            "Prints 'FerryMQ ready: tcp://HOST:PORT' on stdout once it accepts connections; logs go to stderr."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ferrymq run --port 0 --transient           any free port, nothing on disk",
            "  ferrymq run --host 0.0.0.0 --data /var/lib/ferrymq",
            "  ferrymq run --config ferrymq.yaml --port 61617"
        })
final class RunVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on; 0 takes a free one. Default: 61616.")
    private Optional<Integer> port = Optional.empty();

    @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on. Default: 127.0.0.1.")
    private Optional<String> host = Optional.empty();

    @Option(names = "--data", paramLabel = "DIR", description = "Directory of the journal. Default: ./data.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file with settings; options of the command line come first.")
    private Optional<Path> configuration = Optional.empty();

    @Option(names = "--transient", description = "Keep nothing on disk; cannot be used with --data.")
    private boolean inMemory;

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the broker.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--store-engine",
            paramLabel = "ENGINE",
            description = "What writes the journal: ${COMPLETION-CANDIDATES}. Default: AUTO.")
    private Optional<StoreEngine> storeEngine = Optional.empty();

    @Option(
            names = "--store-sync",
            paramLabel = "MODE",
            converter = SyncModeConverter.class,
            description = {
                "What has happened before a producer is answered: always, unsafe-os. Default: always.",
                "unsafe-os survives a kill of the broker, not a power cut."
            })
    private Optional<SyncMode> storeSync = Optional.empty();

    @Option(
            names = "--wait-for-lock",
            description =
                    "While another broker has the data directory: wait as its standby, and take over when it ends.")
    private boolean waitForLock;

    @Override
    public Integer call() {
        Settings settings = settings();
        if (!settings.store().waitForLock()) { // a standby may have the addresses of the one it waits for
            AddressCheck.check(settings.listeners());
        }
        return new BrokerProcess(spec.commandLine().getOut()).run(settings.toBuilder());
    }

    /** The file's settings, with the command line's instead where both say something. */
    Settings settings() {
        if (inMemory && data.isPresent()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--transient keeps nothing on disk and cannot be used with --data");
        }
        Settings settings = configuration.map(ConfigurationFile::read).orElseGet(Settings::new);
        name.ifPresent(settings::name);
        storeEngine.ifPresent(settings::storeEngine);
        storeSync.ifPresent(mode -> settings.store(settings.store().withSync(mode)));
        if (waitForLock) {
            settings.store(settings.store().withWaitForLock(true));
        }
        data.ifPresent(directory -> {
            settings.data(directory);
            settings.inMemory(false);
        });
        if (inMemory) {
            settings.inMemory(true);
        }
        if (port.isPresent() || host.isPresent()) {
            if (settings.listeners().stream().anyMatch(found -> found.tls().isPresent())) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--port and --host would replace the encrypted listeners of the file by a plain one; "
                                + "change the file instead");
            }
            Listener listener =
                    new Listener("tcp", host.orElse(Settings.DEFAULT_HOST), port.orElse(Settings.DEFAULT_PORT));
            settings.listeners(List.of(listener));
        }
        return settings;
    }
}
