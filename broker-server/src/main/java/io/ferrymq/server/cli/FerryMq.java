package io.ferrymq.server.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
    /** A verb and what makes it, which takes time: picocli reads all of its annotations. */
    private record Verb(String name, Supplier<?> maker) {}

    private static final List<Verb> VERBS = List.of(
            new Verb("run", RunVerb::new),
            new Verb("produce", ProduceVerb::new),
            new Verb("consume", ConsumeVerb::new),
            new Verb("browse", BrowseVerb::new),
            new Verb("status", StatusVerb::new),
            new Verb("store", StoreVerb::new));

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
        return commandLine(arguments).execute(arguments);
    }

    /**
     * The command line without its execution. Where the arguments begin with a verb, it knows no other: they would be a seventh of the time
     * until a broker is ready.
     */
    public static CommandLine commandLine(String... arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        List<Verb> named =
                VERBS.stream().filter(verb -> verb.name().equals(first)).toList();
        return commandLine(named.isEmpty() ? VERBS : named);
    }

    private static CommandLine commandLine(List<Verb> verbs) {
        CommandLine line = new CommandLine(new FerryMq());
        verbs.forEach(verb -> line.addSubcommand(verb.name(), verb.maker().get()));
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
