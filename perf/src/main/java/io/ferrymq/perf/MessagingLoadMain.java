package io.ferrymq.perf;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The load JVM of {@code perf/messaging}: runs one scenario against one broker and writes {@link Figures} at the end. */
final class MessagingLoadMain {
    private MessagingLoadMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Set<String> valued = new HashSet<>(MessagingSettings.VALUED);
        valued.addAll(Set.of("--scenario", "--url", "--pid", "--out"));
        Arguments arguments = Arguments.parse(args, valued, Set.of());
        Figures figures;
        try {
            figures = new Figures(
                    MessagingCase.named(arguments.required("--scenario"))
                            .run(
                                    MessagingSettings.from(arguments),
                                    arguments.required("--url"),
                                    Long.parseLong(arguments.required("--pid"))),
                    "");
        } catch (JMSException | LoadException e) {
            figures = Figures.failed("the load failed: " + e.getMessage());
        }
        figures.store(Path.of(arguments.required("--out")));
        // threads of clients whose broker died would keep this JVM alive
        System.exit(0);
    }
}
