package io.ferrymq.store;

import io.ferrymq.message.DestinationName;
import io.ferrymq.store.StoreView.Hold;
import io.ferrymq.store.StoreView.HoldKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up what a walk has found, once. Owned by one thread. */
final class ViewBuilder {
    private record Key(HoldKind kind, String name) {}

    private static final class Sum {
        private long count;
        private long bytes;
        private long oldestMs = Long.MAX_VALUE;

        private void add(long length, long timeMs) {
            count++;
            bytes += length;
            oldestMs = timeMs > 0 ? Math.min(oldestMs, timeMs) : oldestMs;
        }

        private Hold hold(HoldKind kind, String name) {
            return new Hold(kind, name, count, bytes, oldestMs == Long.MAX_VALUE ? 0 : oldestMs);
        }
    }

    /** What one segment holds. */
    private static final class Segment {
        private final Map<Integer, Sum> byBacklog = new HashMap<>();
        private final Map<Key, Sum> others = new HashMap<>();
        private long live;
        private long liveBytes;
    }

    private final FormatMarker marker;
    private final List<SegmentFile> files;
    private final LogWalk walk;
    private final LiveState state;
    private final DamageProbe names;
    private final List<Segment> segments = new ArrayList<>();

    ViewBuilder(FormatMarker marker, List<SegmentFile> files, LogWalk walk, LiveState state) {
        this.marker = marker;
        this.files = files;
        this.walk = walk;
        this.state = state;
        this.names = new DamageProbe(files);
    }

    StoreView build(boolean inUse, List<SegmentFile> leftovers, List<StoreView.SnapshotView> snapshots)
            throws IOException {
        files.forEach(file -> segments.add(new Segment()));
        addMessages();
        state.jobs().values().forEach(kept -> add(HoldKind.SCHEDULED, kept.name(), kept));
        state.prepared().forEach((xid, one) -> one.records.forEach(kept -> add(HoldKind.PREPARED, kept.name(), kept)));
        state.destinations().values().forEach(kept -> add(HoldKind.DESTINATIONS, "", kept));
        state.subscriptionRecords().forEach(kept -> add(HoldKind.SUBSCRIPTION, kept.name(), kept));
        return new StoreView(
                new StoreView.Identity(marker.engine(), marker.id(), FormatMarker.VERSION, marker.epoch(), inUse),
                new StoreView.Log(
                        walk.recovery().records(),
                        walk.firstLsn(),
                        walk.recovery().lastLsn(),
                        inUse ? "running" : walk.recovery().lastStop(),
                        walk.damages(),
                        walk.tail()),
                new StoreView.Census(
                        walk.missing(),
                        leftovers.stream().map(DamageProbe::name).toList()),
                segmentViews(),
                state.backlogs().views(),
                state.rules().all(),
                preparedViews(),
                state.jobs().size(),
                snapshots);
    }

    private void addMessages() {
        Backlogs backlogs = state.backlogs();
        LiveMessages messages = backlogs.messages();
        messages.forEach(slot -> {
            Segment segment = segments.get(Place.segment(messages.place(slot)));
            segment.live++;
            segment.liveBytes += messages.bytes(slot);
            backlogs.forEachHolder(slot, id -> segment.byBacklog
                    .computeIfAbsent(id, any -> new Sum())
                    .add(messages.bytes(slot), messages.timeMs(slot)));
        });
    }

    private void add(HoldKind kind, String name, LiveState.Kept kept) {
        Segment segment = segments.get(Place.segment(kept.place()));
        segment.live++;
        segment.liveBytes += kept.bytes();
        segment.others.computeIfAbsent(new Key(kind, name), any -> new Sum()).add(kept.bytes(), kept.timeMs());
    }

    private List<StoreView.SegmentView> segmentViews() {
        List<StoreView.SegmentView> views = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            LogWalk.Tally tally = walk.tallies().get(i);
            views.add(new StoreView.SegmentView(
                    names.name(i),
                    tally.bytes,
                    tally.firstLsn,
                    tally.lastLsn,
                    tally.records,
                    segment.live,
                    segment.liveBytes,
                    holds(segment)));
        }
        return views;
    }

    private List<Hold> holds(Segment segment) {
        List<Hold> holds = new ArrayList<>();
        segment.byBacklog.forEach((id, sum) -> {
            DestinationName name = state.backlogs().name(id);
            holds.add(sum.hold(HoldKind.MESSAGES, name.qualified()));
        });
        segment.others.forEach((key, sum) -> holds.add(sum.hold(key.kind(), key.name())));
        holds.sort(Comparator.comparing(Hold::kind)
                .thenComparing(Comparator.comparingLong(Hold::count).reversed())
                .thenComparing(Hold::name));
        return List.copyOf(holds);
    }

    private List<StoreView.PreparedView> preparedViews() {
        return state.prepared().entrySet().stream()
                .map(one -> new StoreView.PreparedView(
                        one.getKey().toString(),
                        one.getValue().preparedMs,
                        one.getValue().acknowledged,
                        one.getValue().sends,
                        one.getValue().bytes()))
                .toList();
    }
}
