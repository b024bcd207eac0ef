package io.ferrymq.server.cli;

import io.ferrymq.store.StoreView;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ferrymq store verify}. */
@Command(
        name = "verify",
        description = "Check every record of a data directory and name what is damaged.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:sound", "1:damaged", "2:no data directory, or it cannot be read"})
final class StoreVerifyVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final StoreDirectory store = new StoreDirectory();

    @Override
    public Integer call() {
        StoreView view = store.inspect().view();
        PrintWriter out = spec.commandLine().getOut();
        StoreText.verify(out, view);
        out.flush();
        return view.log().damages().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
}
