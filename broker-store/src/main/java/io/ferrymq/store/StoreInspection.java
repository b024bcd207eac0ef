package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A data directory as it is on the disk, without a broker: what it holds, what keeps its segments, what is damaged. Nothing is
 * changed. A broker may be running on it; then this is a picture of the moment at which the newest segment was read.
 *
 * <p>Not thread safe.
 */
public final class StoreInspection {
    /** Each time a running broker has dropped a segment that was to be read next. */
    private static final int ATTEMPTS = 5;

    /** Receives messages, in the order of their sequences, and what cannot be read. */
    public interface Receiver {
        void onMessage(LiveMessage message);

        void onScheduled(Record.MessageScheduled scheduled);

        /** Something live that was left out, in words. */
        void onSkipped(String what);
    }

    private final FormatMarker marker;
    private final List<SegmentFile> files;
    private final LiveState state;
    private final StoreView view;

    private StoreInspection(FormatMarker marker, List<SegmentFile> files, LiveState state, StoreView view) {
        this.marker = marker;
        this.files = files;
        this.state = state;
        this.view = view;
    }

    /**
     * Reads the whole log. May take as long as a broker takes to recover it.
     *
     * @param properties reads what selectors of durable subscriptions ask for
     * @throws BrokerException STORE_UNUSABLE or STORE_FORMAT
     */
    public static StoreInspection of(Path dataDirectory, PropertyFormat properties) {
        Path data = dataDirectory.toAbsolutePath().normalize();
        if (!Files.isDirectory(data)) {
            throw new BrokerException(Code.STORE_UNUSABLE, "there is no such directory: " + data);
        }
        try {
            FormatMarker marker = FormatMarker.read(data)
                    .orElseThrow(() -> new BrokerException(
                            Code.STORE_FORMAT, "this is no data directory, it has no FORMAT marker: " + data));
            return read(new StoreLayout(data, 0), marker, properties);
        } catch (IOException e) {
            throw unreadable(data, e);
        }
    }

    private static BrokerException unreadable(Path data, IOException e) {
        return new BrokerException(Code.STORE_UNUSABLE, "the data directory cannot be read: " + data + ": " + e, e);
    }

    private static StoreInspection read(StoreLayout layout, FormatMarker marker, PropertyFormat properties)
            throws IOException {
        BoundsFile file = new BoundsFile(layout.data(), marker.id());
        int attempt = 1;
        while (true) {
            boolean inUse = StoreLock.isHeld(layout.data());
            BoundsFile.Content bounds = file.read(marker.epoch());
            List<SegmentFile> files = files(layout, marker);
            boolean fits = bounds.equals(file.read(marker.epoch())); // else a segment came or went in between
            try {
                if (fits || attempt == ATTEMPTS) {
                    return read(new There(layout, marker, files, inUse), bounds, fits, properties);
                }
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
            attempt++;
        }
    }

    /** A directory at one moment. */
    private record There(StoreLayout layout, FormatMarker marker, List<SegmentFile> files, boolean inUse) {}

    private static StoreInspection read(There there, BoundsFile.Content bounds, boolean fits, PropertyFormat properties)
            throws IOException {
        FormatMarker marker = there.marker();
        List<SegmentFile> files = there.files().stream()
                .filter(file -> !bounds.said().isDropped(file))
                .toList();
        List<SegmentFile> leftovers = there.files().stream()
                .filter(bounds.said()::isDropped)
                .filter(file -> !there.inUse())
                .toList();
        LiveState state = new LiveState(properties);
        SegmentBounds claims = fits ? bounds.claims() : SegmentBounds.NONE;
        LogWalk walk = new LogWalk(files, claims, marker.salt(), state);
        walk.run();
        if (!walk.damages().isEmpty()) {
            checkStillThere(files); // also by a broker that has started since
        }
        List<StoreView.SnapshotView> views =
                new SnapshotSearch(new SnapshotFiles(there.layout().snapshots()), claims, marker.salt()).views(files);
        return new StoreInspection(
                marker,
                files,
                state,
                new ViewBuilder(marker, files, walk, state).build(there.inUse(), leftovers, views));
    }

    /** What looks damaged may be a segment that was dropped while it was read: its file may have become another one. */
    private static void checkStillThere(List<SegmentFile> files) throws NoSuchFileException {
        for (SegmentFile file : files) {
            if (!Files.exists(file.path())) {
                throw new NoSuchFileException(file.path().toString());
            }
        }
    }

    private static List<SegmentFile> files(StoreLayout layout, FormatMarker marker) throws IOException {
        try (SegmentEngine engine =
                switch (marker.engine()) {
                    case FileEngine.NAME -> new FileEngine(layout.journal(), 0);
                    case ChronicleEngine.NAME -> new ChronicleEngine(layout.journal(), marker.epoch(), 0);
                    default ->
                        throw new BrokerException(
                                Code.STORE_FORMAT, "the journal has an unknown engine: engine=" + marker.engine());
                }) {
            return engine.existing();
        }
    }

    public StoreView view() {
        return view;
    }

    /**
     * Reads what is live once more and hands it over one by one.
     *
     * @param wanted of destinations; for the messages of a durable subscription the topic's name
     */
    public void forEach(Predicate<DestinationName> wanted, Receiver receiver) {
        Backlogs backlogs = state.backlogs();
        LiveMessages messages = backlogs.messages();
        try (RecordReader reader = new RecordReader(files, marker.salt())) {
            for (long sequence : messages.inOrder()) {
                int slot = messages.find(sequence);
                if (mayBeWanted(slot, wanted)) {
                    Record record = read(reader, messages.place(slot), "message " + sequence, receiver);
                    Message message = record == null ? null : LiveState.messageIn(record);
                    if (message != null && wanted.test(message.destination())) {
                        receiver.onMessage(new LiveMessage(sequence, message, redeliveries(slot)));
                    }
                }
            }
            state.jobs().forEach((job, kept) -> {
                Record record = read(reader, kept.place(), "scheduled message " + job, receiver);
                if (record instanceof Record.MessageScheduled scheduled
                        && wanted.test(scheduled.message().destination())) {
                    receiver.onScheduled(scheduled);
                }
            });
        } catch (IOException e) {
            throw new BrokerException(Code.STORE_UNUSABLE, "the journal cannot be read: " + e, e);
        }
    }

    /** Spares reading what is in another queue; which topic a message was sent to only its record says. */
    private boolean mayBeWanted(int slot, Predicate<DestinationName> wanted) {
        DestinationName holder = state.backlogs().holdersOf(slot).get(0);
        return holder.isSubscription() || wanted.test(holder);
    }

    private Map<DestinationName, Integer> redeliveries(int slot) {
        Map<DestinationName, Integer> redeliveries = new LinkedHashMap<>();
        for (DestinationName holder : state.backlogs().holdersOf(slot)) {
            redeliveries.put(holder, state.backlogs().redeliveries(slot, holder));
        }
        return redeliveries;
    }

    /** Null for a record that cannot be read: a running broker may have dropped its segment meanwhile. */
    private static @Nullable Record read(RecordReader reader, long place, String what, Receiver receiver) {
        try {
            return reader.read(place);
        } catch (IOException e) {
            receiver.onSkipped(what + ": " + e.getMessage());
            return null;
        }
    }
}
