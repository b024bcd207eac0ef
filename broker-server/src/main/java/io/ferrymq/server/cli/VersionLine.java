package io.ferrymq.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: ours, and the Java it runs on, because every question about a fault starts with both. */
final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
        Runtime.Version java = Runtime.version();
        return new String[] {"FerryMQ " + number() + " (Java " + java + ")"};
    }

    static String number() {
        Properties properties = new Properties();
        try (InputStream in = VersionLine.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
