package io.ferrymq.server.cli;

import io.ferrymq.store.StoreView;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ferrymq store explain}. */
@Command(
        name = "explain",
        description = "Tell for each segment, oldest first, what keeps it on the disk and what would free it.",
        sortOptions = false)
final class StoreExplainVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final StoreDirectory store = new StoreDirectory();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        StoreView view = store.inspect().view();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            StoreJson.print(out, to -> StoreJson.explain(to, view));
        } else {
            StoreText.explain(out, view);
        }
        out.flush();
        return ExitCode.OK;
    }
}
