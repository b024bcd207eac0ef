package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.journal.Journal;
import io.ferrymq.spi.JournalProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreProviderTest {
    @TempDir
    private Path temp;

    @Test
    void shouldBeFoundByServiceLoader() {
        assertThat(ServiceLoader.load(JournalProvider.class)).hasExactlyElementsOfTypes(StoreProvider.class);
    }

    @Test
    void shouldTakeChronicleWhereTheJvmAllowsIt() {
        Journal journal = Stores.open(temp.resolve("new"), StoreEngine.AUTO);
        assertThat(journal.status().engine())
                .isEqualTo(ChronicleAccess.obstacle().isEmpty() ? "chronicle" : "nio");
        journal.close();
    }

    @Test
    void shouldStayWithTheEngineThatWroteTheDirectory() throws IOException {
        Journal first = Stores.open(temp, StoreEngine.NIO);
        Stores.write(first, Stores.start(first), 1, 1, 1);
        first.close();
        Journal journal = Stores.open(temp, StoreEngine.AUTO);
        assertThat(journal.status().engine()).isEqualTo("nio");
        journal.close();
        refuses(temp, StoreEngine.CHRONICLE, Code.STORE_FORMAT, "another engine");
    }

    @Test
    void shouldCountItsStarts() throws IOException {
        for (int epoch = 1; epoch <= 3; epoch++) {
            Journal journal = Stores.open(temp, StoreEngine.NIO);
            Stores.start(journal);
            journal.close();
            assertThat(Stores.marker(temp).epoch()).isEqualTo(epoch);
        }
    }

    @Test
    void shouldRefuseANewerFormat() throws IOException {
        Files.writeString(temp.resolve("FORMAT"), "format=2\nfuture=yes\n");
        refuses(temp, StoreEngine.AUTO, Code.STORE_FORMAT, "newer FerryMQ");
    }

    @Test
    void shouldRefuseADamagedMarker() throws IOException {
        Journal journal = Stores.open(temp, StoreEngine.NIO);
        journal.close();
        Path file = temp.resolve("FORMAT");
        Files.writeString(file, Files.readString(file).replace("epoch=0", "epoch=7"));
        refuses(temp, StoreEngine.AUTO, Code.STORE_FORMAT, "checksum");
    }

    @Test
    void shouldRefuseAJournalThatNobodySigned() throws IOException {
        Files.createDirectories(temp.resolve("journal"));
        Files.writeString(temp.resolve("journal/0000000000000001.segment"), "x");
        refuses(temp, StoreEngine.AUTO, Code.STORE_FORMAT, "no FORMAT marker");
    }

    @Test
    void shouldRefuseAFileAndADirectoryInsideAFile() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        refuses(file, StoreEngine.AUTO, Code.STORE_UNUSABLE, "not a directory");
        refuses(file.resolve("data"), StoreEngine.AUTO, Code.STORE_UNUSABLE, "not a directory");
    }

    @Test
    void shouldDoWithoutChronicleWhereTheFlagsAreMissing() throws IOException, InterruptedException {
        assertThat(firstLine(temp.resolve("auto"), StoreEngine.AUTO)).matches("\\d+");
        assertThat(Stores.marker(temp.resolve("auto")).engine()).isEqualTo("nio");
        assertThat(firstLine(temp.resolve("explicit"), StoreEngine.CHRONICLE)).isEqualTo("STORE_UNUSABLE");
        assertThat(temp.resolve("explicit")).doesNotExist();
    }

    private static String firstLine(Path data, StoreEngine engine) throws IOException, InterruptedException {
        Process child = Children.crashChild(data, engine, false);
        try (BufferedReader out = child.inputReader()) {
            return String.valueOf(out.readLine());
        } finally {
            child.toHandle().destroyForcibly();
            child.waitFor();
        }
    }

    private void refuses(Path data, StoreEngine engine, Code code, String why) throws IOException {
        Map<String, String> before = picture();
        assertThatThrownBy(() -> Stores.open(data, engine))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(why);
        assertThat(picture()).isEqualTo(before);
    }

    private Map<String, String> picture() throws IOException {
        Map<String, String> picture = new TreeMap<>();
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.toList()) {
                picture.put(
                        file.toString(),
                        Files.isDirectory(file)
                                ? ""
                                : Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return picture;
    }
}
