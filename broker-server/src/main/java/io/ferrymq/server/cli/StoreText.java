package io.ferrymq.server.cli;

import io.ferrymq.store.Damage;
import io.ferrymq.store.StoreView;
import io.ferrymq.store.StoreView.Hold;
import io.ferrymq.store.StoreView.HoldKind;
import io.ferrymq.store.StoreView.SegmentView;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Stores for people. */
final class StoreText {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private StoreText() {}

    static void info(PrintWriter out, Path directory, StoreView view, int shown) {
        StoreView.Log log = view.log();
        out.println("store          " + directory);
        out.println("engine         " + view.identity().engine() + ", format "
                + view.identity().formatVersion());
        out.println("id             " + view.identity().id());
        out.println("epoch          " + view.identity().epoch());
        if (view.identity().inUse()) {
            out.println("in use         by a running broker: what it writes meanwhile may be missing here");
        }
        out.println("last stop      " + log.lastStop());
        out.println("segments       " + view.segments().size() + ", " + bytes(view.segmentBytes()));
        view.census().missing().forEach(missing -> out.println("missing        " + missing));
        leftovers(view).forEach(line -> out.println("leftover       " + line));
        out.println("records        " + log.records() + range(log.firstLsn(), log.lastLsn()));
        out.println("damaged        "
                + (log.damages().isEmpty() ? "none" : log.damagedRecords() + " records, see 'ferrymq store verify'"));
        out.println(
                "messages       " + view.messages() + " in " + view.backlogs().size() + " destinations");
        view.backlogs().stream()
                .limit(shown)
                .forEach(backlog -> out.println(String.format(
                        Locale.ROOT,
                        "%14d %10s  %s",
                        backlog.messages(),
                        bytes(backlog.bytes()),
                        backlog.name().qualified())));
        if (view.backlogs().size() > shown) {
            out.println("               and " + (view.backlogs().size() - shown) + " more, see --all");
        }
        out.println("subscriptions  " + view.subscriptions().size());
        view.subscriptions()
                .forEach(one -> out.println("               "
                        + one.subscription().physicalName() + " to "
                        + one.topics().qualified() + (one.selector().isEmpty() ? "" : " where " + one.selector())));
        out.println("prepared       " + view.prepared().size());
        view.prepared()
                .forEach(one -> out.println("               " + one.xid() + " since " + time(one.preparedMs())
                        + ", acknowledges " + one.acknowledged() + " messages, sends " + one.sends()));
        out.println("scheduled      " + view.scheduled());
        out.println("snapshots      " + view.snapshots().size());
        view.snapshots().forEach(one -> out.println("               " + snapshot(one)));
    }

    private static String snapshot(StoreView.SnapshotView one) {
        return one.file() + ", " + bytes(one.bytes()) + ", " + one.state();
    }

    static void explain(PrintWriter out, StoreView view) {
        boolean behind = false;
        view.census().missing().forEach(missing -> out.println(missing + ", with what was in it"));
        leftovers(view).forEach(out::println);
        int newest = view.segments().size() - 1;
        for (int i = 0; i <= newest; i++) {
            SegmentView segment = view.segments().get(i);
            out.println(segment.file() + "  " + bytes(segment.bytes()) + ", " + segment.records() + " records"
                    + range(segment.firstLsn(), segment.lastLsn()) + ", live " + segment.liveRecords() + " with "
                    + bytes(segment.liveBytes()));
            segment.holds().forEach(hold -> out.println("  kept by " + held(hold)));
            out.println("  " + freedBy(segment, i == newest, behind));
            behind |= !segment.holds().isEmpty();
        }
        if (view.segments().isEmpty()) {
            out.println("no segments");
        }
    }

    private static String held(Hold hold) {
        String text =
                switch (hold.kind()) {
                    case MESSAGES -> count(hold, "message") + " of " + hold.name();
                    case SCHEDULED -> count(hold, "scheduled message") + " to " + hold.name();
                    case PREPARED -> "prepared transaction " + hold.name();
                    case SUBSCRIPTION -> "the record of " + hold.name();
                    case DESTINATIONS -> count(hold, "record") + " of queues that exist";
                };
        return text + ", " + bytes(hold.bytes())
                + (hold.oldestMs() == 0 ? "" : ", oldest from " + time(hold.oldestMs()));
    }

    private static String count(Hold hold, String what) {
        return hold.count() + " " + what + (hold.count() == 1 ? "" : "s");
    }

    /** In words, what must happen so that a segment goes. */
    static String freedBy(SegmentView segment, boolean newest, boolean behind) {
        if (newest) {
            return "stays: it is the newest";
        }
        if (segment.holds().isEmpty()) {
            return behind ? "freed when the segments before it are gone" : "free: a running broker drops it";
        }
        String needed = segment.holds().stream()
                .map(Hold::kind)
                .distinct()
                .map(StoreText::end)
                .collect(Collectors.joining("; "));
        return "freed when " + needed + (behind ? "; and when the segments before it are gone" : "");
    }

    private static String end(HoldKind kind) {
        return switch (kind) {
            case MESSAGES -> "the messages are consumed, removed, or written again in a newer segment (store compact)";
            case SCHEDULED -> "the scheduled messages are sent, removed, or written again in a newer segment";
            case PREPARED -> "the transaction is committed, rolled back, or written again in a newer segment";
            case SUBSCRIPTION -> "the subscription is written again in a newer segment, or removed";
            case DESTINATIONS -> "the records are written again in a newer segment, when room is made";
        };
    }

    static void verify(PrintWriter out, StoreView view) {
        StoreView.Log log = view.log();
        damages(view).forEach(out::println);
        leftovers(view).forEach(out::println);
        log.tail()
                .ifPresent(tail -> out.println("tail, not damage: " + tail.file() + " at " + tail.offset() + ": LSN "
                        + tail.lsn() + " is not whole; nobody was promised it"));
        if (view.identity().inUse()) {
            out.println("a broker is running on the directory: this is a picture of a moment");
        }
        out.println((log.damages().isEmpty() ? "sound" : "damaged") + ": " + log.records() + " records"
                + range(log.firstLsn(), log.lastLsn()) + " in "
                + view.segments().size() + " segments, "
                + log.damagedRecords() + " damaged");
        view.snapshots().forEach(one -> out.println("snapshot " + snapshot(one)));
    }

    private static List<String> leftovers(StoreView view) {
        return view.census().leftovers().stream()
                .map(file -> file + " was dropped and is not read; the next start takes it away")
                .toList();
    }

    /** A line for each damage. */
    static List<String> damages(StoreView view) {
        List<String> lines = new ArrayList<>();
        for (Damage damage : view.log().damages()) {
            String suspects = damage.suspects().stream().map(StoreText::suspect).collect(Collectors.joining("; "));
            lines.add("damage in " + damage.file() + " at " + damage.offset() + ": LSN " + damage.firstLsn() + " to "
                    + damage.lastLsn() + ", " + damage.records() + (damage.records() == 1 ? " record" : " records")
                    + ": " + damage.what() + (suspects.isEmpty() ? "" : " (seems to be " + suspects + ")"));
        }
        return lines;
    }

    private static String suspect(Damage.Suspect suspect) {
        return suspect.type()
                + suspect.destination().map(name -> " " + name.qualified()).orElse("")
                + suspect.messageId().map(id -> " " + id).orElse("");
    }

    private static String range(long firstLsn, long lastLsn) {
        return firstLsn == 0 ? "" : ", LSN " + firstLsn + " to " + lastLsn;
    }

    private static String time(long ms) {
        return TIME.format(Instant.ofEpochMilli(ms));
    }

    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
