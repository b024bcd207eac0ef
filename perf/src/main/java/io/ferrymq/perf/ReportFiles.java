package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page and the figures beside it, with what must be known of the machine. */
final class ReportFiles {
    private final Path directory;
    private final Map<String, Object> facts = new LinkedHashMap<>();

    ReportFiles(Path directory, String commandLine) throws IOException {
        this.directory = directory;
        facts.put("command", ("ferrymq perf run " + commandLine).replace(" --live", ""));
        facts.put("begun", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put(
                "system",
                "Linux "
                        + Files.readString(Path.of("/proc/sys/kernel/osrelease"))
                                .strip());
        facts.put("java", Runtime.version().toString());
        facts.put("load_before", Files.readString(Path.of("/proc/loadavg")).strip());
    }

    Path html() {
        return directory.resolve("perf.html");
    }

    Path json() {
        return directory.resolve("perf.json");
    }

    void write(List<Bench> benches) throws IOException {
        Map<String, Object> tree = new LinkedHashMap<>(facts);
        tree.put("scenarios", benches.stream().map(Bench::tree).toList());
        Files.writeString(json(), Json.of(tree) + "\n");
        Files.writeString(html(), HtmlReport.of(benches, facts));
    }
}
