package io.ferrymq.server.cli;

import io.ferrymq.store.StoreView;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ferrymq store info}. */
@Command(
        name = "info",
        description =
                "Tell what a data directory holds: messages, subscriptions, transactions, how the last run ended.",
        sortOptions = false)
final class StoreInfoVerb implements Callable<Integer> {
    private static final int TOP = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final StoreDirectory store = new StoreDirectory();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--all", description = "Show all destinations with messages, not only the 20 that have most.")
    private boolean all;

    @Override
    public Integer call() {
        StoreView view = store.inspect().view();
        PrintWriter out = spec.commandLine().getOut();
        int shown = all ? Integer.MAX_VALUE : TOP;
        if (json) {
            StoreJson.print(out, to -> StoreJson.info(to, view, shown));
        } else {
            StoreText.info(out, store.path(), view, shown);
        }
        out.flush();
        return ExitCode.OK;
    }
}
