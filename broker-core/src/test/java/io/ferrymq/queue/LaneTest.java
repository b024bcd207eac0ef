package io.ferrymq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Orders stay valid whatever leaves, and what has left takes no room. */
class LaneTest {
    private static final int STEPS = 40_000;

    private final Lane lane = new Lane();
    /** Sequences by order. */
    private final NavigableMap<Long, Long> model = new TreeMap<>();

    private void append(long sequence) {
        model.put(lane.end(), sequence);
        lane.append(new Absent(sequence, sequence, 100, 0, 0));
    }

    private void remove(long order) {
        model.remove(order);
        lane.remove(order);
    }

    private List<Long> chunks() {
        List<Long> numbers = new ArrayList<>();
        for (long number = lane.nextChunk(0); number < lane.endChunk(); number = lane.nextChunk(number + 1)) {
            numbers.add(number);
            assertThat(lane.chunk(number)).isNotNull();
        }
        return numbers;
    }

    private List<Long> chunksBackwards() {
        List<Long> numbers = new ArrayList<>();
        for (long number = lane.chunkBefore(lane.endChunk()); number >= 0; number = lane.chunkBefore(number)) {
            numbers.add(0, number);
        }
        return numbers;
    }

    private void compare(String what, Random random) {
        long asked = random.nextLong(lane.end() + 2);
        Long next = model.ceilingKey(asked);
        assertThat(lane.seek(asked)).as(what).isEqualTo(next == null ? lane.end() : next);
        if (next != null) {
            assertThat(lane.find(model.get(next))).as(what).isEqualTo(next);
            assertThat(lane.find(model.get(next) + 1)).as(what).isEqualTo(-1);
        }
        if (!model.containsKey(asked)) {
            lane.remove(asked);
        }
    }

    @Test
    void shouldBeLikeASortedMapWhateverLeaves() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int most = 1 + random.nextInt(5_000);
        for (int step = 0; step < STEPS; step++) {
            String what = "seed=" + seed + ", step=" + step;
            if (model.size() < most && random.nextInt(10) < 6) {
                append(10L * (step + 1));
            } else if (!model.isEmpty()) {
                // mostly old ones, sometimes any, so that some stay while many pass by
                Long from = random.nextInt(20) == 0 ? model.floorKey(random.nextLong(lane.end())) : model.firstKey();
                Long order = random.nextInt(50) == 0 ? model.higherKey(from == null ? 0 : from) : from;
                remove(order == null ? model.firstKey() : order);
            }
            if (random.nextInt(20) == 0) {
                compare(what, random);
            }
        }
        assertThat(chunksBackwards()).as("seed=%d", seed).isEqualTo(chunks());
        List<Long> orders = new ArrayList<>();
        for (long order = lane.seek(0); order < lane.end(); order = lane.seek(order + 1)) {
            orders.add(order);
        }
        assertThat(orders).as("seed=%d", seed).containsExactlyElementsOf(model.keySet());
    }

    @Test
    void shouldTakeNoRoomForWhatHasPassedByOneThatStays() {
        append(1);
        for (long sequence = 2; sequence < 10_000_000; sequence++) {
            append(sequence);
            remove(lane.end() - 1);
        }
        assertThat(chunks()).hasSizeBetween(1, 2);
        assertThat(lane.slots()).isLessThan(32);
        assertThat(lane.seek(0)).isZero();
        assertThat(lane.seek(1)).isEqualTo(lane.end());
        append(10_000_000);
        assertThat(lane.find(10_000_000)).isEqualTo(lane.end() - 1);
        assertThat(lane.find(1)).isZero();
    }
}
