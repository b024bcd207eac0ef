package io.ferrymq.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in the jar that people download. */
class StandaloneJarIT {
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]*\\.(SF|DSA|RSA|EC)");

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(System.getProperty("ferrymq.jar"));
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void shouldRunWithAPlainJavaJar() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        assertThat(manifest.getValue("Main-Class")).isEqualTo("io.ferrymq.server.Main");
        assertThat(manifest.getValue("Add-Opens")).isEqualTo("java.base/java.lang.reflect");
        assertThat(manifest.getValue("Add-Exports")).isEqualTo("java.base/sun.nio.ch java.base/jdk.internal.ref");
        assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
    }

    @Test
    void shouldFindOneLoggingBackEndAndTheTransportsOfTheClient() throws IOException {
        assertThat(text("META-INF/services/org.slf4j.spi.SLF4JServiceProvider").lines())
                .containsExactly("ch.qos.logback.classic.spi.LogbackServiceProvider");
        assertThat(text("META-INF/services/org/apache/activemq/transport/tcp"))
                .contains("class=org.apache.activemq.transport.tcp.TcpTransportFactory");
    }

    @Test
    void shouldFindTheProtocolAndTheStore() throws IOException {
        assertThat(text("META-INF/services/io.ferrymq.spi.ProtocolProvider")).contains("io.ferrymq.openwire.");
        assertThat(text("META-INF/services/io.ferrymq.spi.JournalProvider")).contains("io.ferrymq.store.");
    }

    @Test
    void shouldBringTheNativeLibrariesOfItsSockets() {
        assertThat(entries())
                .contains(
                        "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
                        "META-INF/native/libnetty_transport_native_epoll_aarch_64.so");
    }

    @Test
    void shouldKeepTheLicencesAndNoSignature() throws IOException {
        assertThat(text("META-INF/LICENSE")).contains("Apache License", "Version 2.0, January 2004");
        assertThat(text("META-INF/NOTICE")).contains("FerryMQ", "Apache ActiveMQ", "Jackson", "picocli", "Logback");
        assertThat(entries()).noneMatch(name -> SIGNATURE.matcher(name).matches());
    }

    @Test
    void shouldLeaveOutWhatIsNotPartOfTheProduct() {
        assertThat(entries())
                .noneMatch(name -> name.startsWith("net/openhft/chronicle/analytics"))
                .noneMatch(name -> name.startsWith("org/junit"))
                .noneMatch(name -> name.startsWith("io/ferrymq/testkit"));
    }

    private List<String> entries() {
        return jar.stream().map(JarEntry::getName).toList();
    }

    private String text(String entry) throws IOException {
        JarEntry found = jar.getJarEntry(entry);
        assertThat(found).as(entry).isNotNull();
        try (InputStream in = jar.getInputStream(found)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
