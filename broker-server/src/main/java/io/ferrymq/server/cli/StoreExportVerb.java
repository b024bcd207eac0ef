package io.ferrymq.server.cli;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.server.lines.LineWriter;
import io.ferrymq.store.LiveMessage;
import io.ferrymq.store.StoreInspection;
import io.ferrymq.store.StoreView;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ferrymq store export}. */
@Command(
        name = "export",
        description = {
            "Write what waits in a data directory as lines of JSON: durable subscriptions, messages, scheduled messages.",
            "What cannot be written is named on stderr; then the exit code is 1."
        },
        sortOptions = false)
final class StoreExportVerb implements Callable<Integer> {
    private static final int BUFFER_BYTES = 1 << 16;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final StoreDirectory store = new StoreDirectory();

    @Option(names = "--output", paramLabel = "FILE", description = "Write to a new file instead of stdout.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--destination",
            paramLabel = "DESTINATION",
            converter = Destination.Converter.class,
            description = "Only of this one: queue://NAME, topic://NAME, or NAME of a queue.")
    private Optional<Destination> only = Optional.empty();

    @Override
    public Integer call() {
        StoreInspection inspection = store.inspect();
        PrintWriter err = spec.commandLine().getErr();
        Export export = new Export(err);
        try (OutputStream out = open();
                LineWriter lines = new LineWriter(out)) {
            export.run(inspection, lines, only.map(Destination::coreName));
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailure(ExitCode.FAILED, "the lines cannot be written: " + e.getMessage(), e);
        }
        err.println(export.summary());
        err.flush();
        return export.skipped == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private OutputStream open() throws IOException {
        if (output.isEmpty()) {
            return new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES);
        }
        if (Files.exists(output.get())) {
            throw new CommandFailure(ExitCode.USAGE, "--output: the file is there already: " + output.get());
        }
        return new BufferedOutputStream(Files.newOutputStream(output.get()), BUFFER_BYTES);
    }

    /** Counts what it writes and what it leaves out. Used once, on one thread. */
    private static final class Export {
        private final PrintWriter err;
        private long written;
        private long scheduled;
        private long skipped;

        Export(PrintWriter err) {
            this.err = err;
        }

        void run(StoreInspection inspection, LineWriter lines, Optional<DestinationName> only) throws IOException {
            StoreView view = inspection.view();
            if (view.identity().inUse()) {
                err.println("a broker is running on the directory: what it writes meanwhile may be missing");
            }
            StoreText.damages(view).forEach(this::skip);
            for (StoreView.PreparedView prepared : view.prepared()) {
                if (prepared.sends() > 0) {
                    skip("prepared transaction " + prepared.xid() + ", which would send " + prepared.sends()
                            + " messages when it is committed");
                }
            }
            for (Record.SubscriptionAdded added : view.subscriptions()) {
                if (only.map(topic -> concerns(added, topic)).orElse(true)) {
                    lines.write(added);
                }
            }
            Predicate<DestinationName> wanted = name -> only.map(name::equals).orElse(true);
            inspection.forEach(wanted, receiver(lines));
        }

        private static boolean concerns(Record.SubscriptionAdded added, DestinationName topic) {
            return added.topics().members().stream()
                    .anyMatch(member -> DestinationPattern.of(member).matches(topic));
        }

        private StoreInspection.Receiver receiver(LineWriter lines) {
            return new StoreInspection.Receiver() {
                @Override
                public void onMessage(LiveMessage message) {
                    write(() -> lines.write(message));
                    written++;
                }

                @Override
                public void onScheduled(Record.MessageScheduled one) {
                    write(() -> lines.write(one));
                    scheduled++;
                }

                @Override
                public void onSkipped(String what) {
                    skip(what);
                }
            };
        }

        private void skip(String what) {
            err.println("left out: " + what);
            skipped++;
        }

        String summary() {
            return "exported " + written + " messages and " + scheduled + " scheduled ones"
                    + (skipped == 0 ? "" : "; see above for what was left out");
        }
    }

    private interface Write {
        void run() throws IOException;
    }

    private static void write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
