package io.ferrymq.server.cli;

import io.ferrymq.BrokerException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever ends a verb into one line on stderr and an exit code. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        err.println("ferrymq: " + oneLine(message(failure)));
        if (verbose(parsed.originalArgs().toArray(new String[0])) || exitCode(failure) < 0) {
            failure.printStackTrace(err);
        }
        err.flush();
        return Math.abs(exitCode(failure));
    }

    /** The exit code; negative for a fault of ours, where the stack trace is what the user must send us. */
    private static int exitCode(Exception failure) {
        if (failure instanceof CommandFailure command) {
            return command.exitCode();
        }
        if (failure instanceof BrokerException broker) {
            return switch (broker.code()) {
                case CONFIGURATION -> ExitCode.USAGE;
                case STORE_FAILED -> ExitCode.STORE_FAILED;
                case BIND, STORE_UNUSABLE, STORE_LOCKED, STORE_FORMAT -> ExitCode.FAILED;
                case INTERNAL -> -ExitCode.FAILED;
            };
        }
        return -ExitCode.FAILED;
    }

    private static String message(Exception failure) {
        if (failure instanceof CommandFailure || failure instanceof BrokerException) {
            return String.valueOf(failure.getMessage());
        }
        return "a fault of FerryMQ itself, please report it: " + failure;
    }

    static String usageLine(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        StringBuilder text = new StringBuilder("ferrymq: ").append(oneLine(String.valueOf(failure.getMessage())));
        if (failure instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            if (!near.isEmpty()) {
                text.append("; did you mean '").append(near.get(0)).append("'?");
            }
        }
        String command = line.getCommandSpec().qualifiedName();
        return text.append(" (see '").append(command).append(" --help')").toString();
    }

    static boolean verbose(String[] arguments) {
        return Arrays.asList(arguments).contains("--verbose");
    }

    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
