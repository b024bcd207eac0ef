package io.ferrymq.server.config;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.BrokerException;
import io.ferrymq.Tls;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a broker's YAML file. Everything the file can say is in {@code docs/ferrymq.yaml}; an unknown key is a mistake, because
 * a setting that is silently ignored is worse than a broker that does not start.
 */
public final class ConfigurationFile {
    private static final long MAX_BYTES = 1 << 20;

    private ConfigurationFile() {}

    /**
     * Reads the file.
     *
     * @throws BrokerException CONFIGURATION, with every mistake and its line
     */
    public static Settings read(Path file) {
        return parse(file.toString(), content(file));
    }

    static Settings parse(String file, String text) {
        Mistakes mistakes = new Mistakes();
        Section root = new Section(YamlReader.read(text, mistakes), "", mistakes);
        Settings settings = new Settings();
        root.text("name", settings::name);
        listeners(root, settings);
        root.path("data", settings::data);
        root.flag("transient", settings::inMemory);
        root.section("store", store -> StoreSection.read(store, settings));
        root.quantity("shards", Quantity.Kind.COUNT, Integer.MAX_VALUE, value -> settings.shards((int) value));
        root.quantity("ioThreads", Quantity.Kind.COUNT, Integer.MAX_VALUE, value -> settings.ioThreads((int) value));
        root.choice("socketEngine", BrokerConfig.SocketEngine.class, settings::socketEngine);
        settings.policies(PoliciesSection.read(root));
        settings.destinations(DestinationsSection.read(root));
        settings.virtualDestinations(VirtualDestinationsSection.read(root));
        root.flag("advisorySupport", settings::advisorySupport);
        root.quantity(
                "offlineDurableSubscriberTimeoutMs",
                Quantity.Kind.MILLISECONDS,
                Long.MAX_VALUE,
                settings::offlineDurableSubscriberTimeoutMs);
        root.section("limits", limits -> {
            settings.limits(LimitsSection.read(limits));
            settings.noSpace(LimitsSection.readNoSpace(limits));
        });
        root.end();
        mistakes.throwIfAny(file);
        return settings;
    }

    private static void listeners(Section root, Settings settings) {
        List<Listener> listeners = new ArrayList<>();
        root.sections("listeners", section -> {
            ListenerDraft draft = new ListenerDraft();
            section.text("scheme", value -> draft.scheme = value);
            section.text("host", value -> draft.host = value);
            section.quantity("port", Quantity.Kind.COUNT, 65535, value -> draft.port = (int) value);
            section.section("tls", tls -> draft.tls = TlsSection.read(tls));
            listeners.add(new Listener(draft.scheme, draft.host, draft.port, draft.tls));
        });
        settings.listeners(listeners);
    }

    /** A listener while its keys are read. */
    private static final class ListenerDraft {
        private String scheme = "tcp";
        private String host = Settings.DEFAULT_HOST;
        private int port = Settings.DEFAULT_PORT;
        private Optional<Tls> tls = Optional.empty();
    }

    private static String content(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw unreadable(file, Files.exists(file) ? "not a file" : "no such file");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(file, "larger than " + MAX_BYTES + " bytes");
            }
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw unreadable(file, "not UTF-8 text");
        } catch (IOException e) {
            throw unreadable(file, e.toString());
        }
    }

    private static BrokerException unreadable(Path file, String reason) {
        return new BrokerException(
                BrokerException.Code.CONFIGURATION, "configuration file '" + file + "' cannot be read: " + reason);
    }
}
