package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load against one null broker, with everything real but the JVM of the load: a fifth of a second each. */
class NullBrokerTest {
    private static final String READY = "Null ready: ";

    @TempDir
    Path directory;

    private static ChildProcess broker;
    private static String url;

    @BeforeAll
    static void start(@TempDir Path logs) throws Exception {
        String java = ProcessHandle.current().info().command().orElse("java");
        CompletableFuture<String> ready = new CompletableFuture<>();
        broker = ChildProcess.start(
                List.of(
                        java,
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.ferrymq.perf.nullbroker.NullBroker"),
                logs.resolve("null.log"),
                line -> {
                    if (line.startsWith(READY)) {
                        ready.complete(line.substring(READY.length()));
                    }
                });
        url = ready.get(60, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldPassOnWhatProducersSend() throws Exception {
        RunResult result = run("--producers 3 --consumers 3");

        assertThat(result.problem()).isEmpty();
        assertThat(result.received()).isEqualTo(result.sent()).isPositive();
        assertThat(result.value(Metric.RATE)).isPositive();
        assertThat(Files.readString(directory.resolve("histograms"))).contains("Tag=send", "Tag=endToEnd");
    }

    @Test
    void shouldGiveEverySubscriberOfATopicItsCopy() throws Exception {
        RunResult result = run("--durable --producers 1 --consumers 4");

        assertThat(result.problem()).isEmpty();
        assertThat(result.received()).isEqualTo(result.sent() * 4);
    }

    @Test
    void shouldHoldTransactionsAndAsynchronousSendsBack() throws Exception {
        assertThat(run("--producers 2 --consumers 2 --transacted-batch 100").problem())
                .isEmpty();
        assertThat(run("--producers 2 --consumers 1 --persistent false --sync false --prefetch 10 --size 10240")
                        .problem())
                .isEmpty();
    }

    @Test
    void shouldSendByTheClockToManyQueues() throws Exception {
        RunResult result = run("--producers 2 --consumers 20 --queues 20 --spread 5 --rate 100 --idle 50");

        assertThat(result.problem()).isEmpty();
        assertThat(result.sent()).isPositive();
    }

    @Test
    void shouldKeepABacklogUntilTheEnd() throws Exception {
        RunResult result = run("--producers 2 --consumers 2 --backlog 1000 --prefetch 10 --rate 200");

        assertThat(result.problem()).isEmpty();
        assertThat(result.received()).isEqualTo(result.sent()).isGreaterThan(1_000);
    }

    @Test
    void shouldConnectForEachSend() throws Exception {
        assertThat(run("--reconnect --producers 1 --consumers 1").problem()).isEmpty();
    }

    private RunResult run(String words) throws Exception {
        Path out = directory.resolve("out");
        List<String> arguments = new ArrayList<>(List.of(words.split(" ")));
        arguments.addAll(List.of("--url", url, "--pid", Long.toString(broker.pid()), "--warmup", "0"));
        arguments.addAll(List.of("--window-ms", "200", "--out", out.toString()));
        arguments.addAll(List.of("--histograms", directory.resolve("histograms").toString(), "--java", "java"));
        LoadMain.run(arguments.toArray(String[]::new));
        return RunResult.load(out);
    }
}
