package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** When the owners of records are asked to make room, and what readers see of the segments. */
final class SegmentsTest {
    private final Segments segments = new Segments();
    private long nextLsn = 1;

    @Test
    void shouldAskForTheOldestSegmentWhenHalfOfTheClosedOnesIsDead() {
        write(1, 10);
        write(2, 10);
        write(3, 10);
        assertThat(segments.takeRoomWanted(false)).as("all is live").isZero();
        release(2, 10);
        assertThat(segments.takeRoomWanted(false)).as("9 of 20 are dead").isZero();
        release(11, 12);
        assertThat(segments.takeRoomWanted(false)).isEqualTo(10);
        assertThat(segments.takeRoomWanted(false)).as("once per segment").isZero();
    }

    @Test
    void shouldAskForTheNextOneWhenTheOldestIsGone() {
        for (int id = 1; id <= 4; id++) {
            write(id, 10);
        }
        release(2, 10);
        release(12, 20);
        assertThat(segments.takeRoomWanted(false)).isEqualTo(10);
        release(1, 1);
        assertThat(segments.takeDead(0)).extracting(SegmentFile::id).containsExactly(1L);
        assertThat(segments.takeRoomWanted(false)).as("9 of 20 are dead").isZero();
        release(21, 21);
        assertThat(segments.takeRoomWanted(false)).isEqualTo(20);
    }

    @Test
    void shouldNotAskForWhatGoesByItselfOrIsTheNewest() {
        write(1, 10);
        release(1, 9);
        assertThat(segments.takeRoomWanted(false)).as("the newest").isZero();
        write(2, 10);
        assertThat(segments.takeRoomWanted(false)).as("only one is closed").isZero();
        release(10, 10);
        write(3, 10);
        assertThat(segments.takeRoomWanted(false)).as("dead").isZero();
    }

    @Test
    void shouldAskForTheOnlyClosedOneWhenLittleOfItIsLeft() {
        write(1, 128);
        write(2, 10);
        release(1, 125);
        assertThat(segments.takeRoomWanted(false)).as("3 of 128 are live").isZero();
        release(126, 126);
        assertThat(segments.takeRoomWanted(false)).isEqualTo(128);
    }

    @Test
    void shouldAskEarlierWhenSpaceIsShort() {
        write(1, 16);
        write(2, 10);
        release(1, 1);
        assertThat(segments.takeRoomWanted(true))
                .as("moving would gain nothing")
                .isZero();
        release(2, 2);
        assertThat(segments.takeRoomWanted(false)).isZero();
        assertThat(segments.takeRoomWanted(true)).isEqualTo(16);
    }

    @Test
    void shouldWeighRecordsByTheirBytes() {
        begin(1);
        add(1_000_000, true);
        for (int i = 0; i < 100; i++) {
            add(100, false);
        }
        write(2, 10);
        write(3, 1);
        assertThat(segments.takeRoomWanted(false)).as("most bytes are live").isZero();
        begin(4);
        assertThat(segments.takeRoomWanted(false)).isZero();
    }

    @Test
    void shouldFindTheLastRecordThatBeginsInOrBeforeABlock() {
        BlockIndex blocks = new BlockIndex();
        assertThat(blocks.firstLsn()).isEqualTo(Long.MAX_VALUE);
        blocks.add(FrameFormat.SEGMENT_HEADER, 0, 100, 0, 32);
        for (int i = 0; i < 10_000; i++) {
            blocks.add((byte) 1, 0, 100 + i, 32 + 1000L * i, 1000);
        }
        blocks.publish();
        blocks.seal();
        assertThat(blocks.firstLsn()).isEqualTo(100);
        assertThat(blocks.lastLsn()).isEqualTo(10_099);
        assertThat(blocks.end()).isEqualTo(10_000_032);
        for (int i = 0; i < 10_000; i++) {
            int entry = blocks.entryOf(100 + i);
            assertThat(32 + 1000L * i)
                    .isBetween(blocks.from(entry), blocks.until(entry) - 1)
                    .isLessThan(blocks.from(entry) + BlockIndex.BLOCK + 1000);
        }
    }

    @Test
    void shouldNotFindARecordByALaterPieceOfIt() {
        BlockIndex blocks = new BlockIndex();
        blocks.add(FrameFormat.SEGMENT_HEADER, 3, 7, 0, 32);
        blocks.add((byte) 1, 3, 7, 32, 100_000);
        assertThat(blocks.firstLsn()).isEqualTo(Long.MAX_VALUE);
        blocks.add((byte) 1, 0, 8, 100_032, 200_000);
        blocks.add((byte) 1, 1, 8, 300_032, 200_000);
        blocks.add((byte) 1, 0, 9, 500_032, 100);
        blocks.publish();
        assertThat(blocks.firstLsn()).isEqualTo(8);
        assertThat(blocks.from(blocks.entryOf(8))).isEqualTo(100_032);
        assertThat(blocks.from(blocks.entryOf(9))).isEqualTo(500_032);
    }

    private void write(long id, int records) {
        begin(id);
        for (int i = 0; i < records; i++) {
            add(1000, true);
        }
    }

    private void begin(long id) {
        segments.begin(new SegmentFile(id, Path.of("segment-" + id)));
    }

    private void add(int length, boolean live) {
        BlockIndex blocks = segments.newest().blocks();
        blocks.add((byte) 1, 0, nextLsn, blocks.end(), length);
        blocks.publish();
        if (live) {
            segments.addLive(nextLsn, length);
        }
        nextLsn++;
    }

    private void release(long from, long to) {
        for (long lsn = from; lsn <= to; lsn++) {
            segments.release(lsn, 0);
        }
    }
}
