package io.ferrymq.server.cli;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.server.lines.Line;
import io.ferrymq.server.lines.LineReader;
import io.ferrymq.server.lines.MalformedLineException;
import io.ferrymq.store.StoreImport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ferrymq store import}. */
@Command(
        name = "import",
        description = {
            "Append the messages of an export to a data directory, an old or a new one, that no broker uses.",
            "All lines are checked before one is written: if one is malformed, nothing is. They are written in batches of up to "
                    + "256, each as a whole; where an import was interrupted, the batches before are there.",
            "Messages get new sequences, behind all that is in the store."
        },
        sortOptions = false)
final class StoreImportVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "Lines of JSON, as export writes them.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Parameters(index = "1", paramLabel = "DIR", description = "The data directory.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--store-engine",
            paramLabel = "ENGINE",
            defaultValue = "AUTO",
            description = "What writes a new journal: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private StoreEngine engine = StoreEngine.AUTO;

    private long messages;
    private long scheduled;
    private long refused;

    @Override
    public Integer call() {
        List<Record.SubscriptionAdded> subscriptions = new ArrayList<>();
        read("nothing was imported", (number, line) -> {
            if (line instanceof Line.OfSubscription subscription) {
                subscriptions.add(subscription.added());
            }
        });
        BrokerConfig config =
                Broker.builder().dataDirectory(directory).storeEngine(engine).build();
        PrintWriter err = spec.commandLine().getErr();
        try (StoreImport store = StoreImport.open(config, StoreDirectory.PROPERTIES)) {
            store.begin(subscriptions);
            read("the file has changed meanwhile", (number, line) -> add(store, number, line, err));
        }
        err.println("imported " + messages + " messages, " + scheduled + " scheduled ones and " + subscriptions.size()
                + " durable subscriptions");
        err.flush();
        return refused == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private void add(StoreImport store, int number, Line line, PrintWriter err) {
        if (line instanceof Line.OfMessage message) {
            List<DestinationName> missing = store.add(message.live());
            missing.forEach(name -> err.println("line " + number + ": left out of " + name.qualified() + ": "
                    + (name.isSubscription() ? "it does not want the message" : "nobody wants it")));
            refused += missing.size();
            messages++;
        } else if (line instanceof Line.OfScheduled job) {
            store.add(job.scheduled());
            scheduled++;
        }
    }

    private void read(String consequence, BiConsumer<Integer, Line> then) {
        LineReader reader = new LineReader();
        int number = 0;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                number++;
                if (!text.isBlank()) {
                    then.accept(number, reader.read(text));
                }
            }
        } catch (MalformedLineException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, file + ": line " + number + ": " + e.getMessage() + "; " + consequence, e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the file cannot be read: " + e, e);
        }
    }
}
