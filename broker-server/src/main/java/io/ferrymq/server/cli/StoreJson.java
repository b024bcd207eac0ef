package io.ferrymq.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ferrymq.journal.Record;
import io.ferrymq.store.Damage;
import io.ferrymq.store.StoreView;
import io.ferrymq.store.StoreView.Hold;
import io.ferrymq.store.StoreView.SegmentView;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** Stores for scripts: one object, whose names are never changed. */
final class StoreJson {
    /** Writes the fields of an object. */
    interface Fields {
        void write(JsonGenerator to) throws IOException;
    }

    private interface Element<T> {
        void write(T value) throws IOException;
    }

    private StoreJson() {}

    static void print(PrintWriter out, Fields fields) {
        try (JsonGenerator to = new JsonFactory()
                .createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .useDefaultPrettyPrinter()) {
            to.writeStartObject();
            fields.write(to);
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }

    static void info(JsonGenerator to, StoreView view, int shown) throws IOException {
        StoreView.Log log = view.log();
        to.writeStringField("engine", view.identity().engine());
        to.writeStringField("id", view.identity().id());
        to.writeNumberField("format", view.identity().formatVersion());
        to.writeNumberField("epoch", view.identity().epoch());
        to.writeBooleanField("inUse", view.identity().inUse());
        to.writeStringField("lastStop", log.lastStop());
        to.writeNumberField("segments", view.segments().size());
        to.writeNumberField("segmentBytes", view.segmentBytes());
        census(to, view.census());
        to.writeNumberField("records", log.records());
        to.writeNumberField("firstLsn", log.firstLsn());
        to.writeNumberField("lastLsn", log.lastLsn());
        to.writeNumberField("damagedRecords", log.damagedRecords());
        to.writeNumberField("messages", view.messages());
        to.writeNumberField("destinationsWithMessages", view.backlogs().size());
        array(to, "destinations", view.backlogs().stream().limit(shown).toList(), backlog -> {
            to.writeStringField("name", backlog.name().qualified());
            to.writeNumberField("messages", backlog.messages());
            to.writeNumberField("bytes", backlog.bytes());
        });
        array(to, "subscriptions", view.subscriptions(), one -> subscription(to, one));
        array(to, "prepared", view.prepared(), one -> {
            to.writeStringField("xid", one.xid());
            to.writeNumberField("preparedMs", one.preparedMs());
            to.writeNumberField("acknowledged", one.acknowledged());
            to.writeNumberField("sends", one.sends());
            to.writeNumberField("bytes", one.bytes());
        });
        to.writeNumberField("scheduled", view.scheduled());
        array(to, "snapshots", view.snapshots(), one -> {
            to.writeStringField("file", one.file());
            to.writeNumberField("bytes", one.bytes());
            to.writeNumberField("lastLsn", one.lastLsn());
            to.writeStringField("state", one.state());
        });
        array(to, "damages", log.damages(), damage -> damage(to, damage));
    }

    private static void subscription(JsonGenerator to, Record.SubscriptionAdded one) throws IOException {
        to.writeStringField("name", one.subscription().physicalName());
        to.writeStringField("topics", one.topics().qualified());
        to.writeStringField("selector", one.selector());
    }

    private static void damage(JsonGenerator to, Damage damage) throws IOException {
        to.writeStringField("file", damage.file());
        to.writeNumberField("offset", damage.offset());
        to.writeNumberField("firstLsn", damage.firstLsn());
        to.writeNumberField("lastLsn", damage.lastLsn());
        to.writeStringField("what", damage.what());
    }

    private static void census(JsonGenerator to, StoreView.Census census) throws IOException {
        array(to, "missingSegments", census.missing(), missing -> {
            to.writeNumberField("first", missing.first());
            to.writeNumberField("last", missing.last());
        });
        array(to, "leftoverSegments", census.leftovers(), file -> to.writeStringField("file", file));
    }

    static void explain(JsonGenerator to, StoreView view) throws IOException {
        census(to, view.census());
        to.writeArrayFieldStart("segments");
        boolean behind = false;
        int newest = view.segments().size() - 1;
        for (int i = 0; i <= newest; i++) {
            SegmentView segment = view.segments().get(i);
            to.writeStartObject();
            segment(to, segment);
            to.writeStringField("outcome", StoreText.freedBy(segment, i == newest, behind));
            to.writeEndObject();
            behind |= !segment.holds().isEmpty();
        }
        to.writeEndArray();
    }

    private static void segment(JsonGenerator to, SegmentView segment) throws IOException {
        to.writeStringField("file", segment.file());
        to.writeNumberField("bytes", segment.bytes());
        to.writeNumberField("firstLsn", segment.firstLsn());
        to.writeNumberField("lastLsn", segment.lastLsn());
        to.writeNumberField("records", segment.records());
        to.writeNumberField("liveRecords", segment.liveRecords());
        to.writeNumberField("liveBytes", segment.liveBytes());
        array(to, "keptBy", segment.holds(), hold -> hold(to, hold));
    }

    private static void hold(JsonGenerator to, Hold hold) throws IOException {
        to.writeStringField("kind", hold.kind().name().toLowerCase(Locale.ROOT));
        to.writeStringField("name", hold.name());
        to.writeNumberField("count", hold.count());
        to.writeNumberField("bytes", hold.bytes());
        to.writeNumberField("oldestMs", hold.oldestMs());
    }

    private static <T> void array(JsonGenerator to, String name, List<T> values, Element<T> element)
            throws IOException {
        to.writeArrayFieldStart(name);
        for (T value : values) {
            to.writeStartObject();
            element.write(value);
            to.writeEndObject();
        }
        to.writeEndArray();
    }
}
