package io.ferrymq.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ferrymq store}. */
@Command(
        name = "store",
        description = "Look into a data directory without a broker.",
        subcommands = {
            StoreInfoVerb.class,
            StoreExplainVerb.class,
            StoreVerifyVerb.class,
            StoreExportVerb.class,
            StoreImportVerb.class,
            StoreCompactVerb.class
        },
        synopsisSubcommandLabel = "VERB",
        sortOptions = false,
        footer = {
            "",
            "All but import and compact change nothing, and a broker may be running on the directory.",
            "",
            "Examples:",
            "  ferrymq store info data                    what is in it",
            "  ferrymq store explain data                 what keeps each segment",
            "  ferrymq store export data --output messages.jsonl"
        })
final class StoreVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a verb is missing");
    }
}
