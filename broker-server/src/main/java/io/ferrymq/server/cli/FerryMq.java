package io.ferrymq.server.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line, from arguments to exit code. */
@Command(
        name = "ferrymq",
        description = "A message broker for stock ActiveMQ clients.",
        versionProvider = VersionLine.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = {
            RunVerb.class,
            ProduceVerb.class,
            ConsumeVerb.class,
            BrowseVerb.class,
            StatusVerb.class,
            StoreVerb.class
        },
        synopsisSubcommandLabel = "VERB",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:tried and failed: cannot start, not reachable, too few messages",
            "2:the command line or the configuration file cannot be used",
            "3:the journal failed while the broker was running"
        },
        footer = {
            "",
            "Examples:",
            "  ferrymq run                                start a broker on 127.0.0.1:61616, data in ./data",
            "  ferrymq produce orders --count 1000        send 1000 persistent messages to a queue",
            "  ferrymq consume orders --count 1000        receive them",
            "",
            "'ferrymq VERB --help' explains a verb."
        })
public final class FerryMq implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "When something fails, print the stack trace too.")
    @SuppressWarnings("unused")
    private boolean verbose;

    /** Runs the command line and answers with the exit code; see {@link ExitCode}. */
    public static int execute(String... arguments) {
        return commandLine().execute(arguments);
    }

    /** The command line without its execution, for documentation and tests. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new FerryMq());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setUsageHelpWidth(100);
        line.setParameterExceptionHandler(FerryMq::refuse);
        line.setExecutionExceptionHandler(new Failures());
        return line;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a verb is missing");
    }

    private static int refuse(ParameterException failure, String[] arguments) {
        PrintWriter err = failure.getCommandLine().getErr();
        err.println(Failures.usageLine(failure));
        if (Failures.verbose(arguments)) {
            failure.printStackTrace(err);
        }
        err.flush();
        return ExitCode.USAGE;
    }
}
