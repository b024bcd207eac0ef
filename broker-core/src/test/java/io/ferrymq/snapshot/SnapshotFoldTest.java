package io.ferrymq.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.PropertyFormat;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotFoldTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final int TOGETHER = 1_024;

    /** Else ten million messages would be written again for every quarter of a million. */
    @ParameterizedTest
    @CsvSource({"0, 262144", "1000000, 262144", "134217728, 524288"})
    void shouldTakeMoreChangesForALargerSnapshot(long oldBytes, int expected) {
        assertThat(changesWith(oldBytes)).isBetween(expected - 2 * TOGETHER, expected);
    }

    /** Whatever else a snapshot is full of: the bodies of scheduled messages say nothing of changes. */
    @Test
    void shouldTakeNoMoreChangesThanTheHeapCanHold() {
        assertThat(changesWith(1L << 40) * 80L)
                .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory() / 8);
    }

    private static int changesWith(long oldBytes) {
        SnapshotFold fold = new SnapshotFold(PropertyFormat.NONE, oldBytes);
        int changes = 0;
        while (!fold.isFull()) {
            long first = changes + 1L;
            long[] removed = LongStream.range(first, first + TOGETHER).toArray();
            fold.onRecord(first, new Record.MessagesRemoved(ORDERS, removed));
            changes += TOGETHER;
        }
        return changes - TOGETHER;
    }
}
