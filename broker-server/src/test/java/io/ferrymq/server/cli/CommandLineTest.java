package io.ferrymq.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.flow.Limits;
import io.ferrymq.server.config.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "run --prot=1 | Unknown option: '--prot=1'",
                "run --port x | '--port': 'x' is not an int",
                "run --port 70000 | port: 0 to 65535, not 70000",
                "run --port -1 | port: 0 to 65535, not -1",
                "run --store-engine kahadb | one of [AUTO, CHRONICLE, NIO]",
                "run --store-sync os | one of [always, unsafe-os]",
                "run --transient --data d | --transient keeps nothing on disk",
                "run --config does-not-exist.yaml | configuration file 'does-not-exist.yaml' cannot be read: no such file",
                "prodce orders | did you mean 'produce'?",
                "produce | Missing required parameter: 'DESTINATION'",
                "produce stomp://x | neither queue://NAME",
                "produce queue:// | a destination needs a name",
                "produce orders --count 0 | --count: 1 or more, not 0",
                "produce orders --size huge | 'huge' is not a size like",
                "consume orders --timeout soon | 'soon' is not a duration like",
                "consume orders --count -1 | --count: 0 or more, not -1",
                "browse topic://news | only a queue can be browsed",
                "status --url nonsense | 'nonsense' is no broker URL"
            })
    void shouldRefuseAnUnusableCommandLineInOneLine(String arguments, String expected) {
        int exitCode = execute(arguments.strip().split(" "));

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("ferrymq: ")
                .contains(expected);
        assertThat(out.toString()).isEmpty();
        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldRefuseAMissingVerb() {
        assertThat(execute()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("a verb is missing");
    }

    @Test
    void shouldReportABrokerThatIsNotThereInOneLine() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        int exitCode = execute("status", "--url", "tcp://127.0.0.1:" + port);

        assertThat(exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().lines()).singleElement().asString().contains("Connection refused");
    }

    @Test
    void shouldSayThatTheOtherSideHasClosedTheConnection() throws IOException {
        try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread other = new Thread(() -> acceptAndHangUp(closing));
            other.start();

            int exitCode = execute("status", "--url", "tcp://127.0.0.1:" + closing.getLocalPort());

            assertThat(exitCode).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .contains("the other side has closed the connection");
        }
    }

    /** Reads what the client says first: unread bytes would make the end a reset. */
    private static void acceptAndHangUp(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().read(new byte[4096]);
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldSayThatTheBrokerMayHoldProducers() {
        Limits limits = Limits.defaults().withMemoryBytes(100_000);
        try (Broker broker = Broker.builder().tcp("127.0.0.1", 0).limits(limits).start()) {
            int exitCode = execute(
                    "produce",
                    "orders",
                    "--no-persistent",
                    "--count",
                    "100",
                    "--size",
                    "10KiB",
                    "--timeout",
                    "1s",
                    "--url",
                    broker.uri().toString());

            assertThat(exitCode).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("no answer within 1000 ms", "holds producers");
        }
    }

    @Test
    void shouldPrintTheStackTraceOnlyWhenAsked() {
        execute("run", "--verbose", "--config", "does-not-exist.yaml");

        assertThat(err.toString()).contains("\tat io.ferrymq.server.config.ConfigurationFile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "produce", "consume", "browse", "status"})
    void shouldExplainEveryVerbWithExamplesInFortyLines(String verb) {
        assertThat(execute(verb, "--help")).isEqualTo(ExitCode.OK);

        assertThat(out.toString()).contains("Examples:", "Exit codes:", "ferrymq " + verb);
        assertThat(out.toString().lines()).hasSizeLessThanOrEqualTo(40);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(execute("--version")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).matches("FerryMQ [0-9]+\\.[0-9]+\\.[0-9]+\\S* \\(Java .*\\)\\R");
    }

    @Test
    void shouldRefuseAPortInUseBeforeTouchingTheDisk(@TempDir Path directory) throws IOException {
        Path data = directory.resolve("data");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int exitCode = execute("run", "--data", data.toString(), "--port", "" + taken.getLocalPort());

            assertThat(exitCode).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
        assertThat(data).doesNotExist();
    }

    @Test
    void shouldPutOptionsBeforeTheConfigurationFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("f.yaml");
        Files.writeString(file, "data: from-file\nlisteners:\n  - {host: 10.1.2.3, port: 1}\n  - {port: 2}\n");

        assertThat(settings("run", "--config", file.toString()).listeners()).hasSize(2);
        Settings settings = settings("run", "--config", file.toString(), "--port", "3", "--data", "from-option");

        assertThat(settings.listeners()).containsExactly(new Listener("tcp", "127.0.0.1", 3));
        assertThat(settings.dataDirectory()).contains(Path.of("from-option"));
    }

    @Test
    void shouldNotReplaceAnEncryptedListenerByAPlainOne(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("f.yaml");
        Files.writeString(file, "listeners: [{scheme: ssl, tls: {keyStore: a}}]");

        assertThatThrownBy(() -> settings("run", "--config", file.toString(), "--port", "3"))
                .hasMessageContaining("would replace the encrypted listeners");
    }

    @Test
    void shouldListenOnLoopbackUnlessTold() {
        assertThat(settings("run").listeners()).containsExactly(new Listener("tcp", "127.0.0.1", 61616));
        assertThat(settings("run", "--transient").dataDirectory()).isEmpty();
    }

    @Test
    void shouldSendPersistentMessagesUnlessTold() {
        assertThat(produce("orders").persistent()).isTrue();
        assertThat(produce("orders", "--persistent").persistent()).isTrue();
        assertThat(produce("orders", "--no-persistent").persistent()).isFalse();
    }

    @Test
    void shouldFillTheTextToTheSizeAskedFor() {
        assertThat(produce("orders", "--size", "1KiB").body(7)).hasSize(1024).startsWith("message 7 xxx");
        assertThat(produce("orders", "--text", "hello", "--size", "2").body(7)).isEqualTo("hello");
    }

    @Test
    void shouldReadDestinations() {
        assertThat(Destination.parse("orders")).isEqualTo(new Destination(false, "orders"));
        assertThat(Destination.parse("queue://a.b")).isEqualTo(new Destination(false, "a.b"));
        assertThat(Destination.parse("topic://news")).isEqualTo(new Destination(true, "news"));
        assertThatThrownBy(() -> Destination.parse("topic:// ")).hasMessageContaining("needs a name");
    }

    private static Settings settings(String... arguments) {
        return ((RunVerb) parsed(arguments)).settings();
    }

    /** A verb alone says of itself what it says beside all others. */
    @ParameterizedTest
    @ValueSource(strings = {"run", "produce", "consume", "browse", "status", "store"})
    void shouldKnowAVerbAsWellWithoutTheOthers(String verb) {
        CommandLine alone = FerryMq.commandLine(verb);

        assertThat(alone.getSubcommands()).containsOnlyKeys(verb);
        assertThat(alone.getSubcommands().get(verb).getUsageMessage())
                .isEqualTo(FerryMq.commandLine().getSubcommands().get(verb).getUsageMessage())
                .contains("ferrymq " + verb, "--verbose");
    }

    private int execute(String... arguments) {
        return FerryMq.commandLine(arguments)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private static ProduceVerb produce(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "produce";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return (ProduceVerb) parsed(all);
    }

    private static Object parsed(String... arguments) {
        return FerryMq.commandLine(arguments)
                .parseArgs(arguments)
                .subcommand()
                .commandSpec()
                .userObject();
    }
}
