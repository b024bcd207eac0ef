package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the benchmarks of {@code perf/store} have in common. */
final class StoreSettings {
    private static final int CLIENTS = 25;

    private final Arguments arguments;

    StoreSettings(Arguments arguments) {
        this.arguments = arguments;
    }

    Arguments arguments() {
        return arguments;
    }

    String java() {
        return arguments.text("--java", ProcessHandle.current().info().command().orElse("java"));
    }

    String heap(String fallback) {
        String heap = arguments.text("--heap", fallback);
        if (!heap.matches("[1-9][0-9]*[mg]")) {
            throw new UsageException("size such as 512m or 1g expected: --heap " + heap);
        }
        return heap;
    }

    int sizeBytes() {
        return arguments.count("--size", 1024, Stamp.LENGTH_BYTES, 1 << 20);
    }

    List<Peer> peers(String fallback) {
        return arguments.words("--brokers", fallback).stream()
                .map(Peer::brokerNamed)
                .distinct()
                .toList();
    }

    static List<String> labels(List<Peer> peers) {
        return peers.stream().map(Peer::label).toList();
    }

    /** FerryMQ's command line has the engine that was asked for. */
    List<String> command(Peer peer, String heap, Path data) {
        List<String> command = peer.command(List.of(java(), "-Xmx" + heap), data);
        if (peer == Peer.FERRYMQ && arguments.given("--engine")) {
            command.addAll(
                    List.of("--store-engine", arguments.required("--engine").toUpperCase(Locale.ROOT)));
        }
        return command;
    }

    /** A new directory for the data of one subject. */
    Path freshDirectory(String name) throws IOException {
        Path work = Path.of(
                arguments.text("--directory", LoadSettings.WORK.resolve("data").toString()));
        return Files.createTempDirectory(Files.createDirectories(work), name);
    }

    /** Producers that wait for each persistent message and as many consumers, as in {@code perf/run}. */
    LoadSettings load(int fallbackSeconds, String fallbackHeap) {
        int producers = arguments.count("--producers", CLIENTS, 1, 1_000);
        String[] words = {
            "--producers", Integer.toString(producers),
            "--consumers", Integer.toString(arguments.count("--consumers", producers, 1, 1_000)),
            "--size", Integer.toString(sizeBytes())
        };
        return new LoadSettings(
                Workload.from(Arguments.parse(words, Workload.VALUED, Workload.FLAGS)),
                arguments.count("--warmup", LoadSettings.WARMUP_SECONDS, 0, 3_600),
                arguments.count("--seconds", fallbackSeconds, 1, 3_600),
                java(),
                heap(fallbackHeap));
    }

    /** One phase of a load in a JVM of its own. */
    Readings load(String phase, BrokerProcess broker, List<String> more, int limitSeconds)
            throws IOException, InterruptedException {
        Path out = LoadSettings.WORK.resolve("store.properties");
        Files.deleteIfExists(out);
        List<String> words = new ArrayList<>(List.of("--phase", phase, "--url", broker.url()));
        words.addAll(List.of("--pid", Long.toString(broker.pid()), "--out", out.toString()));
        words.addAll(List.of("--size", Integer.toString(sizeBytes())));
        words.addAll(more);
        String problem = new LoadJvm(java(), limitSeconds).run(StoreLoadMain.class, words, broker, line -> {
            if (line.startsWith("progress ")) {
                System.out.println("  " + line.substring("progress ".length()));
            }
        });
        return problem.isEmpty() ? Readings.load(out) : Readings.failed(phase + ": " + problem);
    }
}
