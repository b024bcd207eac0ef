package io.ferrymq.store;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.journal.Journal;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.spi.JournalProvider;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the journal of a data directory with the engine that wrote it, or a new one with the best engine for this JVM. */
public final class StoreProvider implements JournalProvider {
    private static final Logger LOG = LoggerFactory.getLogger(StoreProvider.class);

    private final Clock clock;
    private final UnaryOperator<SegmentEngine> around;

    /** For ServiceLoader. */
    public StoreProvider() {
        this(Clock.system(), UnaryOperator.identity());
    }

    /** @param around what to put around the engine: faults, in tests */
    StoreProvider(Clock clock, UnaryOperator<SegmentEngine> around) {
        this.clock = clock;
        this.around = around;
    }

    @Override
    public Journal open(BrokerConfig config, PropertyFormat properties) {
        Path data = config.dataDirectory()
                .orElseThrow(() -> new BrokerException(Code.CONFIGURATION, "store: no data directory is set"));
        StoreLayout layout = new StoreLayout(data.toAbsolutePath().normalize(), config.segmentBytes());
        try {
            return open(layout, config, properties);
        } catch (IOException e) {
            throw new BrokerException(
                    Code.STORE_UNUSABLE, "the data directory cannot be used: " + layout.data() + ": " + e, e);
        }
    }

    private Journal open(StoreLayout layout, BrokerConfig config, PropertyFormat properties) throws IOException {
        checkDirectory(layout.data());
        // before the lock, so that a directory that is refused is not even given a LOCK file
        FormatMarker seen = marker(layout, config.storeEngine());
        Files.createDirectories(layout.data());
        StoreLock lock = StoreLock.take(layout.data(), config.store().waitForLock());
        try {
            // again, because somebody else may have started and stopped in between
            FormatMarker marker =
                    FormatMarker.read(layout.data()).isPresent() ? marker(layout, config.storeEngine()) : seen;
            Directories.create(layout.journal());
            if (marker.epoch() == 0) {
                Directories.forceNames(layout.data());
                marker.write(layout.data());
            }
            FormatMarker next = marker.nextEpoch();
            DiskGuard guard = DiskGuard.of(layout, DiskSpace.of(layout.data()), config.store());
            DiskWatch disk = new DiskWatch(guard, layout.segmentBytes(), clock);
            SegmentEngine engine = around.apply(engine(layout, next, disk));
            return new GroupCommitJournal(layout, lock, next, engine, disk, config, properties, clock);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static void checkDirectory(Path data) {
        Path existing = data;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            throw new BrokerException(Code.STORE_UNUSABLE, "the data directory is not a directory: " + existing);
        }
        if (!Files.isWritable(existing)) {
            throw new BrokerException(Code.STORE_UNUSABLE, "the data directory is not writable: " + existing);
        }
    }

    /** The marker that is there, checked against the configuration, or a new one. */
    private FormatMarker marker(StoreLayout layout, StoreEngine wanted) throws IOException {
        Optional<FormatMarker> found = FormatMarker.read(layout.data());
        if (found.isEmpty() && hasSegments(layout)) {
            throw new BrokerException(
                    Code.STORE_FORMAT, "there is a journal but no FORMAT marker that says whose: " + layout.data());
        }
        if (found.isEmpty()) {
            String engine = choose(wanted);
            checkRuns(engine);
            return new FormatMarker(engine, UUID.randomUUID().toString(), new SecureRandom().nextLong(), 0);
        }
        String engine = found.get().engine();
        if (!engine.equals(FileEngine.NAME) && !engine.equals(ChronicleEngine.NAME)) {
            throw new BrokerException(Code.STORE_FORMAT, "the journal has an unknown engine: engine=" + engine);
        }
        if (wanted != StoreEngine.AUTO && !engine.equals(name(wanted))) {
            throw new BrokerException(
                    Code.STORE_FORMAT,
                    "the journal was written by another engine than the configured one: written by=" + engine
                            + ", configured=" + name(wanted) + ", directory=" + layout.data());
        }
        checkRuns(engine);
        return found.get();
    }

    private static void checkRuns(String engine) {
        if (engine.equals(ChronicleEngine.NAME)) {
            ChronicleAccess.obstacle().ifPresent(why -> {
                throw new BrokerException(
                        Code.STORE_UNUSABLE,
                        "the chronicle engine cannot run in this JVM: " + why + "; it needs " + ChronicleAccess.FLAGS);
            });
        }
    }

    private static boolean hasSegments(StoreLayout layout) throws IOException {
        if (!Files.isDirectory(layout.journal())) {
            return false;
        }
        try (Stream<Path> files = Files.list(layout.journal())) {
            return files.findAny().isPresent();
        }
    }

    private static String name(StoreEngine engine) {
        return engine.name().toLowerCase(Locale.ROOT);
    }

    private static String choose(StoreEngine wanted) {
        if (wanted != StoreEngine.AUTO) {
            return name(wanted);
        }
        Optional<String> obstacle = ChronicleAccess.obstacle();
        obstacle.ifPresent(why -> LOG.info(
                "New journal with the nio engine; the chronicle engine cannot run: {}. It needs the JVM flags {}",
                why,
                ChronicleAccess.FLAGS));
        return obstacle.isEmpty() ? ChronicleEngine.NAME : FileEngine.NAME;
    }

    private static SegmentEngine engine(StoreLayout layout, FormatMarker marker, Room room) {
        return marker.engine().equals(FileEngine.NAME)
                ? new FileEngine(layout.journal(), layout.segmentBytes(), room)
                : new ChronicleEngine(layout.journal(), marker.epoch(), layout.segmentBytes(), room);
    }
}
