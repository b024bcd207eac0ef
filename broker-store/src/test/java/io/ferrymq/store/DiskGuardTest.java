package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskGuardTest {
    private static final long MIB = 1 << 20;
    private static final long SEGMENT = 2 * MIB;

    @TempDir
    private Path data;

    private final FakeSpace space = new FakeSpace();

    /** A file system of 100 MiB: floor 9 MiB, ballast 6.25 MiB, hysteresis 1.125 MiB. */
    private DiskGuard guard() throws IOException {
        return DiskGuard.of(new StoreLayout(data, SEGMENT), space, StoreConfig.defaults());
    }

    private Path ballast() {
        return data.resolve(Ballast.FILE);
    }

    private boolean lowAt(DiskGuard guard, double usableMiB) {
        space.usable = (long) (usableMiB * MIB);
        guard.check(() -> false);
        return guard.isLow();
    }

    @Test
    void shouldBeLowBelowTheFloorUntilThereIsRoomForTheBallastAndMore() throws IOException {
        DiskGuard guard = guard();
        assertThat(lowAt(guard, 9.1)).isFalse();
        assertThat(lowAt(guard, 8.9)).isTrue();
        assertThat(lowAt(guard, 16)).isTrue();
        assertThat(lowAt(guard, 16.4)).isFalse();
    }

    @Test
    void shouldReleaseTheBallastWhenSpaceIsLowAndMakeItAgain() throws IOException {
        DiskGuard guard = guard();
        assertThat(lowAt(guard, 50)).isFalse();
        guard.ballast(() -> false);
        assertThat(Files.size(ballast())).isEqualTo(100 * MIB / 16);
        assertThat(lowAt(guard, 5)).isTrue();
        assertThat(ballast()).doesNotExist();
        assertThat(lowAt(guard, 50)).isFalse();
        assertThat(Files.size(ballast())).isEqualTo(100 * MIB / 16);
    }

    @Test
    void shouldDeleteTheSpareFileBeforeItCallsSpaceLow() throws IOException {
        DiskGuard guard = guard();
        Path spare = Files.createDirectory(data.resolve("journal")).resolve(StoreLayout.SPARE);
        Files.createFile(spare);
        assertThat(lowAt(guard, 9.1)).isFalse();
        assertThat(spare).exists();
        space.freedBy = spare;
        assertThat(lowAt(guard, 8)).isFalse();
        assertThat(spare).doesNotExist();
        assertThat(lowAt(guard, 6)).isTrue();
        Files.createFile(spare);
        assertThat(lowAt(guard, 6)).isTrue();
        assertThat(spare).doesNotExist();
    }

    /** On a disk so small that less is kept free than a segment needs to begin. */
    @Test
    void shouldCountTheSpareFileForTheSegmentThatItWaitsFor() throws IOException {
        DiskGuard guard = guard();
        assertThat(lowAt(guard, 9.5)).isFalse();
        Path spare = Files.createDirectory(data.resolve("journal")).resolve(StoreLayout.SPARE);
        assertThat(guard.usableForSegment()).isEqualTo(space.usable);
        Files.write(spare, new byte[3000]);
        assertThat(guard.usableForSegment()).isEqualTo(space.usable + 3000);
        assertThat(guard.usableBytes()).isEqualTo(space.usable);
    }

    @Test
    void shouldLeaveNothingOfABallastThatIsGivenUpHalfWay() throws IOException {
        DiskGuard guard = guard();
        space.usable = 50 * MIB;
        guard.ballast(() -> true);
        assertThat(ballast()).doesNotExist();
    }

    @Test
    void shouldDoWithoutABallastWhereNoneCanBeMade() throws IOException {
        DiskGuard guard = guard();
        Files.createDirectory(ballast());
        Files.createDirectory(ballast().resolve("in the way"));
        assertThat(lowAt(guard, 5)).isTrue();
        Files.delete(ballast().resolve("in the way"));
        Files.delete(ballast());
        assertThat(lowAt(guard, 5)).isTrue();
        Files.createDirectory(ballast());
        assertThat(lowAt(guard, 50)).isFalse();
    }

    @Test
    void shouldKeepItsOpinionWhileTheSpaceCannotBeRead() throws IOException {
        DiskGuard guard = guard();
        assertThat(lowAt(guard, 5)).isTrue();
        space.failing = true;
        assertThat(lowAt(guard, 50)).isTrue();
        space.failing = false;
        assertThat(lowAt(guard, 50)).isFalse();
    }

    @Test
    void shouldFitTheFloorToSegmentsAndFileSystem() {
        StoreConfig defaults = StoreConfig.defaults();
        long segment = 128 * MIB;
        assertThat(DiskGuard.floor(segment, 1_000_000 * MIB, defaults)).isEqualTo(1024 * MIB);
        assertThat(DiskGuard.floor(1024 * MIB, 1_000_000 * MIB, defaults)).isEqualTo(2048 * MIB);
        assertThat(DiskGuard.floor(segment, 4_000 * MIB, defaults)).isEqualTo(456 * MIB);
        assertThat(DiskGuard.floor(segment, 400 * MIB, defaults)).isEqualTo(100 * MIB);
        assertThat(DiskGuard.floor(segment, 4_000 * MIB, defaults.withMinFreeBytes(3_000 * MIB)))
                .isEqualTo(3_000 * MIB);
        assertThat(DiskGuard.floor(segment, 4_000 * MIB, defaults.withMinFreeBytes(0)))
                .isEqualTo(256 * MIB);
    }

    @Test
    void shouldFitTheBallastToSegmentsAndFileSystem() {
        StoreConfig defaults = StoreConfig.defaults();
        assertThat(DiskGuard.ballastBytes(128 * MIB, 1_000_000 * MIB, defaults)).isEqualTo(64 * MIB);
        assertThat(DiskGuard.ballastBytes(MIB, 1_000_000 * MIB, defaults)).isEqualTo(4 * MIB);
        assertThat(DiskGuard.ballastBytes(128 * MIB, 160 * MIB, defaults)).isEqualTo(10 * MIB);
        assertThat(DiskGuard.ballastBytes(128 * MIB, 1_000_000 * MIB, defaults.withBallastBytes(MIB)))
                .isEqualTo(MIB);
        assertThat(DiskGuard.ballastBytes(128 * MIB, 1_000_000 * MIB, defaults.withBallastBytes(0)))
                .isZero();
    }

    private static final class FakeSpace implements DiskSpace {
        private long usable;
        private boolean failing;
        private @Nullable Path freedBy;

        @Override
        public long usableBytes() throws IOException {
            if (failing) {
                throw new IOException("no answer");
            }
            return usable + (freedBy != null && Files.notExists(freedBy) ? SEGMENT : 0);
        }

        @Override
        public long totalBytes() {
            return 100 * MIB;
        }
    }
}
