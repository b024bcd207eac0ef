package io.ferrymq.perf;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** async-profiler in a broker, from the opening of the measured window to its close: the start of the JVM is no part of the picture. */
final class Profiler implements Consumer<String> {
    private final Path library;
    private final long pid;
    private final String event;
    private final Path base;
    private String problem = "the measured window never closed";

    /** {@code base} is the path of the two files without their endings. */
    Profiler(Path library, long pid, String event, Path base) {
        this.library = library.toAbsolutePath();
        this.pid = pid;
        this.event = event;
        this.base = base.toAbsolutePath();
    }

    @Override
    public void accept(String line) {
        if (line.equals("window open")) {
            send(event.equals("alloc") ? "start,event=alloc" : "start,event=" + event + ",interval=1ms");
        } else if (line.equals("window close")) {
            problem = "";
            send("dump,collapsed,file=" + base + ".collapsed");
            send("stop,flamegraph,title=" + event + ",file=" + base + ".html");
        }
    }

    private void send(String command) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                machine.loadAgentPath(library.toString(), command);
            } finally {
                machine.detach();
            }
        } catch (AgentLoadException | AgentInitializationException | AttachNotSupportedException | IOException e) {
            problem = "async-profiler refused " + command + ": " + e.getMessage();
        }
    }

    /** Empty, or why there is no profile. Read it when the load has ended. */
    String problem() {
        return problem;
    }

    Path collapsed() {
        return Path.of(base + ".collapsed");
    }

    Path flameGraph() {
        return Path.of(base + ".html");
    }
}
