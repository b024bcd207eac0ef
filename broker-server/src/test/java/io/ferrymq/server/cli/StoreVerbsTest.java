package io.ferrymq.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.StoreConfig;
import io.ferrymq.server.kept.KeptStore;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of {@code store} on a directory that a broker has filled. */
@Timeout(120)
class StoreVerbsTest {
    @TempDir
    private Path directory;

    private Path data;
    private final ObjectMapper json = new ObjectMapper();
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @BeforeEach
    void fill() throws JMSException, XAException {
        data = directory.resolve("data");
        KeptStore.write(data, StoreEngine.NIO);
    }

    @Test
    void shouldTellWhatIsInIt() throws IOException {
        assertThat(run("info", data)).isEqualTo(ExitCode.OK);

        assertThat(out.toString())
                .contains("last stop      clean", "damaged        none", "queue://ORDERS", "reader:red to topic://NEWS")
                .contains("where colour = 'red'", "XID:[7,globalId=010203,branchId=04]", "scheduled      1");

        assertThat(run("info", "--json", data)).isEqualTo(ExitCode.OK);
        JsonNode info = json.readTree(out.toString());
        assertThat(info.get("engine").asText()).isEqualTo("nio");
        assertThat(info.get("messages").asInt()).isEqualTo(6);
        assertThat(info.get("destinations").get(0).get("name").asText()).isEqualTo("queue://ORDERS");
        assertThat(info.get("inUse").asBoolean()).isFalse();
    }

    @Test
    void shouldTellWhatKeepsTheSegments() throws IOException {
        assertThat(run("explain", data)).isEqualTo(ExitCode.OK);

        assertThat(out.toString())
                .contains("kept by 4 messages of queue://ORDERS", "oldest from 20", "kept by prepared transaction XID:")
                .contains("kept by 1 scheduled message to queue://LATER", "stays: it is the newest");

        assertThat(run("explain", "--json", data)).isEqualTo(ExitCode.OK);
        JsonNode segments = json.readTree(out.toString()).get("segments");
        assertThat(segments.get(0).get("keptBy").get(0).get("count").asInt()).isEqualTo(4);
    }

    @Test
    void shouldWriteAgainWhatOldSegmentsHold() throws IOException {
        for (int start = 0; start < 3; start++) {
            Broker.builder().dataDirectory(data).start().close();
        }
        Path before = directory.resolve("before");
        Path after = directory.resolve("after");
        run("export", data, "--output", before);

        assertThat(run("compact", data)).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains("now=1");

        run("export", data, "--output", after);
        assertThat(after).hasSameTextualContentAs(before);
        assertThat(run("compact", directory)).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldVerifyAndNameWhatIsDamaged() throws IOException {
        assertThat(run("verify", data)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("sound: ");

        damage("order 3");

        assertThat(run("verify", data)).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("damage in 0000000000000001.segment at ", "queue://ORDERS ID:", "1 damaged");
        assertThat(run("info", data)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("damaged        1 records");
    }

    @Test
    void shouldRefuseWhatIsNoDataDirectory() throws IOException {
        for (String verb : List.of("info", "explain", "verify", "export")) {
            assertThat(run(verb, directory)).isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).contains("no FORMAT marker");
        }
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("a verb is missing");
    }

    @Test
    void shouldChangeNothingBesideARunningBroker() throws IOException, JMSException, XAException {
        try (Broker broker = Broker.builder()
                .tcp("127.0.0.1", 0)
                .dataDirectory(directory.resolve("running"))
                .store(StoreConfig.defaults().withBallastBytes(0)) // which else appears some seconds after the start
                .start()) {
            KeptStore.fill(broker);
            data = directory.resolve("running");
            Map<String, String> before = picture();
            assertThat(run("info", data)).isEqualTo(ExitCode.OK);
            assertThat(out.toString()).contains("in use         by a running broker", "last stop      running");
            assertThat(run("explain", data)).isEqualTo(ExitCode.OK);
            assertThat(run("verify", data)).isEqualTo(ExitCode.OK);
            assertThat(out.toString()).contains("a broker is running on the directory");
            run("export", data, "--output", directory.resolve("lines"));
            assertThat(Files.readAllLines(directory.resolve("lines"))).hasSize(8);
            assertThat(picture()).isEqualTo(before);
            assertThat(run("import", directory.resolve("lines"), data)).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("in use");
        }
    }

    @Test
    void shouldExportAndImportAllThatWaits() throws IOException {
        Path first = directory.resolve("first");
        assertThat(run("export", data, "--output", first)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("left out: prepared transaction", "exported 6 messages and 1 scheduled");
        List<JsonNode> lines = lines(first);
        assertThat(lines)
                .extracting(line -> line.get("kind").asText())
                .containsExactly(
                        "subscription", "message", "message", "message", "message", "message", "message", "scheduled");
        JsonNode order = lines.get(2);
        assertThat(order.get("destination").asText()).isEqualTo("queue://ORDERS");
        assertThat(order.get("body").get("text").asText()).isEqualTo("order 2 über € 𝄞");
        assertThat(order.get("body").has("base64")).isFalse();
        assertThat(order.get("properties").get("customer").get("long").asLong()).isEqualTo(1L << 40);
        assertThat(order.has("propertiesBase64")).isFalse();

        Path copy = directory.resolve("copy");
        assertThat(run("import", first, copy, "--store-engine", "nio")).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains("imported 6 messages, 1 scheduled ones and 1 durable subscriptions");
        Path second = directory.resolve("second");
        assertThat(run("export", copy, "--output", second)).isEqualTo(ExitCode.OK);
        assertThat(withoutSequences(lines(second))).isEqualTo(withoutSequences(lines));
        assertThat(run("info", copy)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("last stop      clean");

        assertThat(run("import", first, copy)).isEqualTo(ExitCode.OK);
        assertThat(run("info", "--json", copy)).isEqualTo(ExitCode.OK);
        assertThat(json.readTree(out.toString()).get("messages").asInt()).isEqualTo(12);
    }

    @Test
    void shouldExportOneDestinationOnly() throws IOException {
        Path topic = directory.resolve("topic");
        run("export", data, "--output", topic, "--destination", "topic://NEWS");
        assertThat(lines(topic)).hasSize(2);
        Path queue = directory.resolve("queue");
        run("export", data, "--output", queue, "--destination", "LATER");
        assertThat(lines(queue))
                .singleElement()
                .satisfies(line -> assertThat(line.get("kind").asText()).isEqualTo("scheduled"));
        assertThat(run("export", data, "--output", queue)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("the file is there already");
    }

    @Test
    void shouldExportWhatIsLeftOfADamagedStore() throws IOException {
        damage("order 3");
        Path lines = directory.resolve("lines");
        assertThat(run("export", data, "--output", lines)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("left out: damage in 0000000000000001.segment");
        assertThat(lines(lines)).hasSize(7);
    }

    @Test
    void shouldImportNothingWhenALineIsMalformed() throws IOException {
        Path lines = directory.resolve("lines");
        run("export", data, "--output", lines);
        List<String> good = Files.readAllLines(lines);
        for (String bad : List.of(
                "{",
                "[]",
                "{\"kind\":\"letter\"}",
                "{\"kind\":\"message\",\"destination\":\"ORDERS\",\"id\":\"a:1:1:1\"}",
                "{\"kind\":\"message\",\"destination\":\"queue://ORDERS\",\"id\":\"a\"}",
                good.get(1).replace("\"priority\":4", "\"priority\":\"high\""),
                good.get(1) + "x")) {
            List<String> all = new ArrayList<>(good);
            all.add(3, bad);
            Files.write(lines, all);
            Path copy = directory.resolve("copy");
            assertThat(run("import", lines, copy)).as(bad).isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).contains("line 4: ", "nothing was imported");
            assertThat(copy).doesNotExist();
        }
    }

    private int run(Object... arguments) throws IOException {
        out = new StringWriter();
        err = new StringWriter();
        String[] all = Stream.concat(
                        Stream.of("store"), Arrays.stream(arguments).map(Object::toString))
                .toArray(String[]::new);
        return FerryMq.commandLine(all)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }

    private List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(json.readTree(line));
        }
        return lines;
    }

    private static List<JsonNode> withoutSequences(List<JsonNode> lines) {
        return lines.stream()
                .map(JsonNode::<ObjectNode>deepCopy)
                .map(line -> line.without("sequence"))
                .map(JsonNode.class::cast)
                .toList();
    }

    /** Changes a byte of the record with this text. */
    private void damage(String text) throws IOException {
        Path segment = data.resolve("journal/0000000000000001.segment");
        String bytes = Files.readString(segment, StandardCharsets.ISO_8859_1);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(bytes.indexOf(text));
            file.write('X');
        }
    }

    private Map<String, String> picture() throws IOException {
        Map<String, String> picture = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                int hash = Files.isDirectory(file) ? 0 : Arrays.hashCode(Files.readAllBytes(file));
                picture.put(file.toString(), hash + " " + Files.getLastModifiedTime(file));
            }
        }
        return picture;
    }
}
