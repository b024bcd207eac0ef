package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of {@code store} as the jar has them. */
@Timeout(180)
class StoreIT {
    @TempDir
    private Path directory;

    private final List<ChildProcess> processes = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() throws InterruptedException {
        for (ChildProcess process : processes) {
            process.close();
            process.awaitExit();
        }
    }

    @Test
    void shouldLookIntoAStoreAndTakeItsMessagesToAnother() throws IOException, InterruptedException {
        ChildProcess broker = ferrymq("run", "--port", "0");
        succeed("produce", "orders", "--count", "3", "--url", broker.awaitReady());
        assertThat(succeed("store", "info", "data").out()).anyMatch(line -> line.startsWith("in use "));
        broker.kill().awaitExit();

        assertThat(succeed("store", "info", "data").out()).contains("last stop      crash");
        assertThat(succeed("store", "explain", "data").out())
                .anyMatch(line -> line.startsWith("  kept by 3 messages of queue://orders, "));
        assertThat(succeed("store", "verify", "data").out()).anyMatch(line -> line.startsWith("sound: "));
        List<String> lines = succeed("store", "export", "data").out();
        assertThat(lines).hasSize(3).allMatch(line -> line.contains("\"destination\":\"queue://orders\""));

        Files.write(directory.resolve("lines"), lines);
        succeed("store", "import", "lines", "copy");
        String url = ferrymq("run", "--port", "0", "--data", "copy").awaitReady();
        assertThat(succeed("consume", "orders", "--count", "3", "--url", url).out())
                .containsExactly("message 1", "message 2", "message 3");
    }

    private ChildProcess ferrymq(String... arguments) {
        ChildProcess process = ChildProcess.start(directory, List.of(), arguments);
        processes.add(process);
        return process;
    }

    private ChildProcess succeed(String... arguments) throws InterruptedException {
        ChildProcess process = ferrymq(arguments);
        assertThat(process.awaitExit()).as(() -> "stderr: " + process.err()).isZero();
        return process;
    }
}
