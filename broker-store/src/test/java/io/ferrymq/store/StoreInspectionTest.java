package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.store.StoreView.BacklogView;
import io.ferrymq.store.StoreView.Hold;
import io.ferrymq.store.StoreView.HoldKind;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store looked at without a broker. */
final class StoreInspectionTest {
    private static final DestinationName NEWS = DestinationName.topic("NEWS.EU");
    private static final DestinationName ALL_NEWS = DestinationName.subscription("reader", "all");
    private static final DestinationName RED_NEWS = DestinationName.subscription("reader", "red");

    @TempDir
    private Path data;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldFindWhatIsLive(StoreEngine engine) {
        DestinationName gone = DestinationName.queue("GONE");
        write(
                engine,
                new Record.DestinationAdded(Records.ORDERS),
                Records.message(1, 100),
                Records.message(2, 100),
                Records.message(3, 100),
                Samples.message(4, gone),
                Records.removed(2),
                new Record.DeliveriesCounted(Records.ORDERS, new long[] {3}, new int[] {7}),
                new Record.DestinationRemoved(gone),
                Samples.scheduled(5, Records.ORDERS),
                Samples.scheduled(6, Records.ORDERS),
                Samples.scheduled(5, Records.ORDERS),
                new Record.SchedulesEnded(Records.ORDERS, new long[] {6}),
                Samples.prepared(
                        1, List.of(Records.removed(3)), Samples.message(0, gone).message()),
                Samples.prepared(2, List.of()),
                new Record.TransactionResolved(Samples.xid(2), false),
                new Record.StoppedCleanly(7));
        StoreInspection inspection = StoreInspection.of(data, PropertyFormat.NONE);
        StoreView view = inspection.view();
        assertThat(view.identity().engine()).isEqualTo(engine.name().toLowerCase(java.util.Locale.ROOT));
        assertThat(view.identity().epoch()).isEqualTo(1);
        assertThat(view.identity().inUse()).isFalse();
        assertThat(view.log()).isEqualTo(new StoreView.Log(16, 1, 16, "clean", List.of(), java.util.Optional.empty()));
        assertThat(view.backlogs()).extracting(BacklogView::name).containsExactly(Records.ORDERS);
        assertThat(view.messages()).isEqualTo(2);
        assertThat(view.scheduled()).isEqualTo(1);
        assertThat(view.prepared()).singleElement().satisfies(one -> assertThat(
                        List.of(one.acknowledged(), one.sends()))
                .containsExactly(1L, 1L));
        assertThat(view.segments()).singleElement().satisfies(segment -> assertThat(segment.holds())
                .extracting(Hold::kind, Hold::name, Hold::count)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(HoldKind.MESSAGES, "queue://ORDERS", 2L),
                        org.assertj.core.groups.Tuple.tuple(HoldKind.SCHEDULED, "queue://ORDERS", 1L),
                        org.assertj.core.groups.Tuple.tuple(
                                HoldKind.PREPARED, Samples.xid(1).toString(), 1L),
                        org.assertj.core.groups.Tuple.tuple(HoldKind.DESTINATIONS, "", 1L)));
        Received received = received(inspection);
        assertThat(received.messages).extracting(LiveMessage::sequence).containsExactly(1L, 3L);
        assertThat(received.messages)
                .allMatch(live -> Records.isIntact(new Record.MessageAdded(live.sequence(), live.message())));
        assertThat(received.messages.get(1).redeliveries()).isEqualTo(Map.of(Records.ORDERS, 7));
        assertThat(received.scheduled).extracting(Record.MessageScheduled::job).containsExactly(5L);
        assertThat(received.skipped).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldKeepAMessageForTheSubscriptionsThatWantedItOnly(StoreEngine engine) {
        write(
                engine,
                Samples.message(1, NEWS),
                new Record.SubscriptionAdded(ALL_NEWS, DestinationName.topic("NEWS.>"), "", ""),
                new Record.SubscriptionAdded(RED_NEWS, NEWS, "JMSType = 'red'", ""),
                Samples.typed(2, NEWS, "red"),
                Samples.typed(3, NEWS, "blue"),
                Samples.typed(4, NEWS, "red"),
                new Record.MessagesRemoved(ALL_NEWS, new long[] {2, 3}),
                new Record.DeliveriesCounted(RED_NEWS, new long[] {4}, new int[] {2}),
                new Record.SubscriptionAdded(RED_NEWS, NEWS, "JMSType = 'red'", ""));
        StoreInspection inspection = StoreInspection.of(data, PropertyFormat.NONE);
        Received received = received(inspection);
        assertThat(received.messages).extracting(LiveMessage::sequence).containsExactly(2L, 4L);
        assertThat(received.messages.get(0).redeliveries()).isEqualTo(Map.of(RED_NEWS, 0));
        assertThat(received.messages.get(1).redeliveries()).isEqualTo(Map.of(ALL_NEWS, 0, RED_NEWS, 2));
        assertThat(inspection.view().subscriptions())
                .extracting(Record.SubscriptionAdded::subscription)
                .containsExactly(ALL_NEWS, RED_NEWS);
        assertThat(inspection.view().log().lastStop()).isEqualTo("crash");
        assertThat(inspection.view().segments().get(0).holds())
                .extracting(Hold::kind, Hold::name, Hold::count)
                .contains(org.assertj.core.groups.Tuple.tuple(HoldKind.SUBSCRIPTION, "subscription://reader:red", 2L));
        write(engine, new Record.SubscriptionRemoved(RED_NEWS));
        assertThat(received(StoreInspection.of(data, PropertyFormat.NONE)).messages)
                .extracting(LiveMessage::redeliveries)
                .containsExactly(Map.of(ALL_NEWS, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadLargeRecordsOverSegments(StoreEngine engine) {
        write(engine, Records.message(1, 10), Records.message(2, 3_500_000), Records.message(3, 700_000));
        StoreInspection inspection = StoreInspection.of(data, PropertyFormat.NONE);
        assertThat(inspection.view().segments()).hasSizeGreaterThan(3);
        assertThat(received(inspection).messages)
                .hasSize(3)
                .allMatch(live -> Records.isIntact(new Record.MessageAdded(live.sequence(), live.message())));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSayWhatIsDamagedAndSeeTheRest(StoreEngine engine) throws IOException {
        fill(engine, 60);
        SegmentFile segment = Stores.segments(data, engine).get(0);
        Stores.Found hit = Stores.frames(data, segment).get(10);
        overwrite(segment, hit.offset() + 200, new byte[] {1, 2, 3, 4});
        StoreInspection inspection = StoreInspection.of(data, PropertyFormat.NONE);
        assertThat(inspection.view().log().damages()).singleElement().satisfies(damage -> {
            assertThat(damage.file()).endsWith(segment.path().getFileName().toString());
            assertThat(List.of(damage.offset(), damage.firstLsn(), damage.lastLsn()))
                    .containsExactly(hit.offset(), hit.lsn(), hit.lsn());
            assertThat(damage.suspects()).singleElement().satisfies(suspect -> {
                assertThat(suspect.destination()).contains(Records.ORDERS);
                assertThat(suspect.messageId()).contains("ID:testkit-1:1:1:" + hit.lsn());
            });
        });
        assertThat(received(inspection).messages).hasSize(59);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldAgreeWithRecoveryWhateverIsDamaged(StoreEngine engine) throws IOException {
        fill(engine, 40);
        fill(engine, 40);
        List<SegmentFile> segments = Stores.segments(data, engine);
        Random random = new Random(4);
        for (int round = 0; round < 25; round++) {
            SegmentFile segment = segments.get(random.nextInt(segments.size()));
            List<Stores.Found> frames = Stores.frames(data, segment);
            if (!frames.isEmpty()) {
                Stores.Found hit = frames.get(random.nextInt(frames.size()));
                overwrite(segment, hit.offset() + random.nextInt(hit.length()), new byte[] {(byte) round});
            }
            StoreView view = StoreInspection.of(data, PropertyFormat.NONE).view();
            Replay replay = Stores.replay(data, engine);
            assertThat(view.log().damagedRecords()).isEqualTo(replay.recovery().damagedRecords());
            assertThat(view.log().records()).isEqualTo(replay.recovery().records());
            assertThat(view.log().lastLsn()).isEqualTo(replay.recovery().lastLsn());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotCallATornTailDamage(StoreEngine engine) throws IOException {
        fill(engine, 10);
        SegmentFile segment = Stores.segments(data, engine).get(0);
        List<Stores.Found> frames = Stores.frames(data, segment);
        Stores.Found last = frames.get(frames.size() - 1);
        overwrite(segment, last.end() - 20, new byte[20]);
        Stores.killed(data, engine);
        StoreView view = StoreInspection.of(data, PropertyFormat.NONE).view();
        assertThat(view.log().damages()).isEmpty();
        assertThat(view.log().records()).isEqualTo(9);
        assertThat(view.log().tail()).hasValueSatisfying(tail -> assertThat(List.of(tail.offset(), tail.lsn()))
                .containsExactly(last.offset(), 10L));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNameASegmentThatIsMissing(StoreEngine engine) throws IOException {
        fill(engine, 40, 100_000);
        List<SegmentFile> segments = Stores.segments(data, engine);
        Files.delete(segments.get(1).path());
        StoreView view = StoreInspection.of(data, PropertyFormat.NONE).view();
        assertThat(view.log().damages()).singleElement().satisfies(damage -> assertThat(damage.what())
                .isEqualTo("segment " + segments.get(1).id() + " is missing"));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldChangeNothingBesideARunningJournal(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 20, 1000);
        Map<String, String> before = picture();
        StoreInspection inspection = StoreInspection.of(data, PropertyFormat.NONE);
        assertThat(inspection.view().identity().inUse()).isTrue();
        assertThat(inspection.view().log().lastStop()).isEqualTo("running");
        assertThat(received(inspection).messages).hasSize(20);
        assertThat(picture()).isEqualTo(before);
        assertThatThrownBy(() -> Stores.open(data, engine)).isInstanceOf(BrokerException.class);
        journal.close();
        Map<String, String> closed = picture();
        assertThat(StoreInspection.of(data, PropertyFormat.NONE)
                        .view()
                        .identity()
                        .inUse())
                .isFalse();
        assertThat(picture()).isEqualTo(closed);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotCallDamageWhatIsBeingWritten(StoreEngine engine) throws InterruptedException {
        Journal journal = Stores.openLazy(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 1, 100);
        AtomicBoolean enough = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (long sequence = 2; !enough.get() && sequence < 20_000; sequence++) {
                Record record = Records.message(sequence, (int) (sequence * 37 % 3000));
                while (!enough.get()
                        && !journal.offer(sequence % 5 == 0 ? Records.awaited(record) : Records.lazy(record))) {
                    Thread.onSpinWait();
                }
            }
        });
        writer.start();
        for (int round = 0; round < 15; round++) {
            assertThat(StoreInspection.of(data, PropertyFormat.NONE)
                            .view()
                            .log()
                            .damages())
                    .isEmpty();
        }
        enough.set(true);
        writer.join();
        journal.close();
    }

    @Test
    void shouldRefuseWhatIsNoDataDirectory() {
        assertThatThrownBy(() -> StoreInspection.of(data.resolve("none"), PropertyFormat.NONE))
                .hasMessageContaining("no such directory");
        assertThatThrownBy(() -> StoreInspection.of(data, PropertyFormat.NONE))
                .hasMessageContaining("no FORMAT marker");
        assertThat(data).isEmptyDirectory();
    }

    private void fill(StoreEngine engine, int messages) {
        fill(engine, messages, 500);
    }

    private void fill(StoreEngine engine, int messages, int bytes) {
        Journal journal = Stores.open(data, engine);
        long first = journal.recover((lsn, record) -> {}).lastLsn() + 1;
        JournalWatch watch = new JournalWatch();
        journal.start(watch);
        Stores.write(journal, watch, first, first + messages - 1, bytes);
        journal.close();
    }

    private void write(StoreEngine engine, Record... records) {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        for (Record record : records) {
            var entry = Records.awaited(record);
            assertThat(journal.offer(entry)).isTrue();
            watch.awaitDurable(entry);
        }
        journal.close();
    }

    private static Received received(StoreInspection inspection) {
        Received received = new Received();
        inspection.forEach(any -> true, received);
        return received;
    }

    private static void overwrite(SegmentFile segment, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }

    /** Names, bytes and times of everything. */
    private Map<String, String> picture() throws IOException {
        Map<String, String> picture = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                int hash = Files.isDirectory(file) ? 0 : java.util.Arrays.hashCode(Files.readAllBytes(file));
                picture.put(file.toString(), hash + " " + Files.getLastModifiedTime(file));
            }
        }
        return picture;
    }

    private static final class Received implements StoreInspection.Receiver {
        private final List<LiveMessage> messages = new ArrayList<>();
        private final List<Record.MessageScheduled> scheduled = new ArrayList<>();
        private final List<String> skipped = new ArrayList<>();

        @Override
        public void onMessage(LiveMessage message) {
            messages.add(message);
        }

        @Override
        public void onScheduled(Record.MessageScheduled one) {
            scheduled.add(one);
        }

        @Override
        public void onSkipped(String what) {
            skipped.add(what);
        }
    }

    /** The arrays against a plain map. */
    @Test
    void shouldFindMessagesByTheirSequences() {
        Random random = new Random(11);
        LiveMessages messages = new LiveMessages();
        Map<Long, Long> model = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            long sequence = random.nextInt(20_000);
            int slot = messages.find(sequence);
            assertThat(slot >= 0).isEqualTo(model.containsKey(sequence));
            if (slot >= 0 && random.nextInt(3) > 0) {
                assertThat(messages.place(slot)).isEqualTo(model.remove(sequence));
                messages.remove(slot);
            } else if (slot < 0) {
                messages.add(sequence, step, 0, 1, 0);
                model.put(sequence, (long) step);
            }
        }
        assertThat(messages.size()).isEqualTo(model.size());
        assertThat(LongStream.of(messages.inOrder()).boxed())
                .containsExactlyElementsOf(new java.util.TreeSet<>(model.keySet()));
    }

    @Test
    void shouldFollowAMessageThatWasMoved() {
        LiveState state = new LiveState(PropertyFormat.NONE);
        state.onRecord(new Record.SubscriptionAdded(ALL_NEWS, NEWS, "", ""), 1, 10);
        state.onRecord(new Record.SubscriptionAdded(RED_NEWS, NEWS, "", ""), 2, 10);
        state.onRecord(Samples.message(7, NEWS), 3, 10);
        state.moved(7, Samples.message(7, NEWS).message(), List.of(RED_NEWS), new int[] {3}, 9, 12);
        assertThat(state.backlogs().views()).containsExactly(new BacklogView(RED_NEWS, 1, 12));
        int slot = state.backlogs().messages().find(7);
        assertThat(state.backlogs().messages().place(slot)).isEqualTo(9);
        assertThat(state.backlogs().redeliveries(slot, RED_NEWS)).isEqualTo(3);
    }
}
